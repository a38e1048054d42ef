//! Keys, one by one: as they are pressed on a terminal, as they come from anything else.

use std::io::{self, Read as _};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

/// Keys that were pressed. The terminal is as it was before when this is dropped.
pub(crate) struct Keyboard {
    keys: UnboundedReceiver<char>,
    #[cfg(unix)]
    _terminal: Option<unbuffered::Terminal>,
}

impl Keyboard {
    /// Listens from now on. Where the terminal waits for the Enter key, so do we.
    pub(crate) fn open() -> io::Result<Self> {
        let (sender, keys) = unbounded_channel();
        // It ends with the process: nothing can wake it.
        std::thread::Builder::new()
            .name("keyboard".to_owned())
            .spawn(move || read(&sender))?;
        Ok(Self {
            keys,
            #[cfg(unix)]
            _terminal: unbuffered::Terminal::of_stdin(),
        })
    }

    /// The next key; waits for ever once standard input has ended.
    pub(crate) async fn key(&mut self) -> char {
        match self.keys.recv().await {
            Some(key) => key,
            None => std::future::pending().await,
        }
    }
}

/// Says when the Enter key was pressed, or when standard input has ended.
pub(crate) fn enter_pressed() -> io::Result<oneshot::Receiver<()>> {
    let (sender, pressed) = oneshot::channel();
    // It ends with the process: nothing can wake it.
    std::thread::Builder::new()
        .name("enter".to_owned())
        .spawn(move || {
            let mut byte = [0];
            let mut stdin = io::stdin().lock();
            while matches!(stdin.read(&mut byte), Ok(1) if byte[0] != b'\n') {}
            // Whoever no longer waits does not care.
            let _ = sender.send(());
        })?;
    Ok(pressed)
}

fn read(keys: &UnboundedSender<char>) {
    let mut byte = [0];
    let mut stdin = io::stdin().lock();
    while let Ok(1) = stdin.read(&mut byte) {
        let key = char::from(byte[0]);
        if key.is_ascii_graphic() && keys.send(key).is_err() {
            return;
        }
    }
}

#[cfg(unix)]
mod unbuffered {
    use std::io;

    use rustix::termios::{LocalModes, OptionalActions, Termios, isatty, tcgetattr, tcsetattr};

    /// A terminal that gives each key at once and does not show it. Ctrl-C stays what it is.
    pub(super) struct Terminal {
        before: Termios,
    }

    impl Terminal {
        /// Of standard input; `None` if that is no terminal.
        pub(super) fn of_stdin() -> Option<Self> {
            let stdin = io::stdin();
            if !isatty(&stdin) {
                return None;
            }
            let before = tcgetattr(&stdin).ok()?;
            let mut now = before.clone();
            now.local_modes &= !(LocalModes::ICANON | LocalModes::ECHO);
            tcsetattr(&stdin, OptionalActions::Now, &now).ok()?;
            Some(Self { before })
        }
    }

    impl Drop for Terminal {
        fn drop(&mut self) {
            // If the terminal has gone, nobody misses its settings.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
        }
    }
}
