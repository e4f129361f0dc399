//! A folder to run the binary in, and the binary while it runs.

use std::{
    fmt::{self, Display, Formatter},
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use tokio::net::TcpSocket;

/// The files that `new` and `remove` read and write.
pub(super) const PROJECT: [&str; 8] = [
    ".env",
    "Cargo.lock",
    "Cargo.toml",
    "bin/latchkey/Cargo.toml",
    "bin/latchkey/src/mount.rs",
    "docs/settings.md",
    "infra/template.yaml",
    "tests/api/public.txt",
];

/// A folder to run in, with nothing of this machine's settings; it goes away with this.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn with(files: &[(&str, &str)]) -> Self {
        let path = std::env::temp_dir().join(format!("latchkey-{}", oauth::Secret::random().expose()));
        fs::create_dir(&path).unwrap();
        for (name, content) in files {
            fs::write(path.join(name), content).unwrap();
        }
        Self(path)
    }

    /// One with these files of the project.
    pub(super) fn of_the_project() -> Self {
        let folder = Self::with(&[]);
        fs::create_dir(folder.0.join("lambdas")).unwrap();
        for name in PROJECT {
            let to = folder.0.join(name);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name), to).unwrap();
        }
        folder
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    /// What these arguments print; or what is said where they are refused.
    pub(super) fn says(&self, arguments: &[&str]) -> Result<String, String> {
        let output = self.command(arguments).output().unwrap();
        let (printed, said) = (String::from_utf8(output.stdout), String::from_utf8(output.stderr));
        if output.status.success() { Ok(printed.unwrap()) } else { Err(said.unwrap()) }
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
        command.args(arguments).current_dir(&self.0).env_clear().stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A local cloud that runs until this is dropped, and the lines it printed.
pub(super) struct Running {
    process: Child,
    pub(super) lines: Vec<String>,
}

impl Running {
    pub(super) fn start(mut command: Command, lines: usize) -> Self {
        let mut process = command.spawn().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let lines = output.lines().take(lines).map(Result::unwrap).collect();
        Self { process, lines }
    }

    /// One at a free port, until it has printed its address.
    pub(super) fn in_folder(folder: &Folder, more: &[&str]) -> Self {
        Self::start(folder.command(&[&["--port", "0"], more].concat()), 1)
    }

    /// Its address, such as `http://localhost:3000`.
    pub(super) fn url(&self) -> &str {
        let url = self.lines[0].split_whitespace().last().unwrap();
        assert!(url.starts_with("http://localhost:"), "{url}");
        url
    }

    /// Asks for the front page: the answer's first line.
    pub(super) fn front_page(&self) -> String {
        self.get("/", "").lines().next().unwrap_or_default().to_owned()
    }

    /// The whole answer to a GET with these header lines, each with its end.
    pub(super) fn get(&self, path: &str, headers: &str) -> String {
        let host = self.url().strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n{headers}connection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port that nobody else is given until this is dropped, at which the binary can listen: this socket does not.
pub(super) struct FreePort(TcpSocket);

impl FreePort {
    pub(super) fn find() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        // Both say so, which is why there can be two.
        socket.set_reuseaddr(true).unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        Self(socket)
    }
}

impl Display for FreePort {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.local_addr().unwrap().port().fmt(f)
    }
}

/// It ended, and said why in one line that holds all of these.
pub(super) fn refused(output: &Output, words: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.starts_with("latchkey: ") && words.iter().all(|word| said.contains(word)),
        "{words:?}: {said}"
    );
}
