//! The Lambda binary.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), web::RunError> {
    web::run::<users_mailed::Mailed>().await
}
