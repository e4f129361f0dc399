//! A mail as HTML, in the look of the installation. Programs that show mails know little: every style is at its element, nothing is
//! loaded, and nothing runs.

use maud::{DOCTYPE, Markup, html};
use oauth::BaseUrl;
use web::Brand;

use crate::compose::Parts;

const FONT: &str = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;font-size:16px;line-height:1.55;color:#1d2327";
const SOFT: &str = "margin:0 0 12px;font-size:14px;color:#5a646c";
const CODE: &str = "margin:20px 0;padding:12px 16px;background:#eeede7;border-radius:8px;font:600 22px/1.4 ui-monospace,Menlo,Consolas,monospace;letter-spacing:.08em";
const BAND: &str =
    "margin:24px 0 0;padding-top:16px;border-top:1px solid #dcdcd5;font-size:13px;color:#5a646c";

pub(crate) fn page(language: &str, brand: &Brand, base: &BaseUrl, parts: &Parts) -> Markup {
    let (accent, on_accent) = brand.accent();
    let button = format!(
        "display:inline-block;padding:11px 20px;border-radius:8px;background:{accent};color:{on_accent};font-weight:600;text-decoration:none"
    );
    html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light";
                title { (parts.title) }
            }
            body style="margin:0;padding:24px 12px;background:#f6f5f1" {
                div style={ "max-width:520px;margin:0 auto;padding:28px 32px;background:#ffffff;border:1px solid #dcdcd5;border-radius:14px;" (FONT) } {
                    p style="margin:0 0 20px;font-weight:600;color:#5a646c" {
                        a href=(base.at("/")) style="color:#5a646c;text-decoration:none" { (brand.name) }
                    }
                    h1 style="margin:0 0 12px;font-size:24px;line-height:1.25" { (parts.title) }
                    p style="margin:0 0 12px" { (parts.lead) }
                    @if let Some(shown) = &parts.shown { p style=(CODE) { (shown) } }
                    @if let Some((label, link)) = &parts.action {
                        p style="margin:20px 0" { a href=(link) style=(button) { (label) } }
                        p style={ (SOFT) ";word-break:break-all" } { a href=(link) style={ "color:" (accent) } { (link) } }
                    }
                    @for note in &parts.notes { p style=(SOFT) { (note) } }
                    p style=(BAND) { (parts.footer) }
                }
            }
        }
    }
}
