//! ingress-nginx: `custom-headers`,
//! <https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#custom-headers>.

use super::escape::{percent_encoded, push};
use super::{Delivery, Filled};

pub(super) fn fill(delivery: &Delivery) -> Filled {
    let headers = delivery.headers();
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    let mut text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: connect-src\n  namespace: default\ndata:\n".to_owned();
    for (name, value) in &headers {
        // nginx reads `$` as a variable. A string of JSON is one of YAML.
        let value = serde_json::Value::from(percent_encoded(value, &['$']));
        push(&mut text, format_args!("  {name}: {value}\n"));
    }
    text += "---\n# On the Ingress:\nmetadata:\n  annotations:\n";
    text += "    nginx.ingress.kubernetes.io/custom-headers: \"default/connect-src\"\n";
    let allowed = format!(
        "the controller sends only headers that its own ConfigMap lists: global-allowed-response-headers: \"{}\"",
        names.join(",")
    );
    Filled::new(text).note(allowed)
}
