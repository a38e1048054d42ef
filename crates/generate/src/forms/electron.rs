//! Electron: `onHeadersReceived`, <https://www.electronjs.org/docs/latest/tutorial/security#7-define-a-content-security-policy>.

use super::escape::push;
use super::javascript::string;
use super::{Delivery, Filled};

pub(super) fn fill(delivery: &Delivery) -> Filled {
    let mut text =
        "import { app, session } from 'electron';\n\napp.whenReady().then(() => {\n".to_owned();
    text += "  session.defaultSession.webRequest.onHeadersReceived((details, callback) => {\n";
    text += "    callback({\n      responseHeaders: {\n        ...details.responseHeaders,\n";
    for (name, value) in delivery.headers() {
        push(
            &mut text,
            format_args!("        {}: [{}],\n", string(name), string(value)),
        );
    }
    text += "      },\n    });\n  });\n});\n";
    Filled::new(text).note(
        "pages that are loaded with file: have no response headers, and `'self'` stands for nothing there: give them a \
         <meta> policy, or serve them with a scheme of the app's own",
    )
}
