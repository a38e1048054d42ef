//! Any bytes parse; printing and parsing again changes nothing; notes have places in the text.
#![no_main]

use connect_src::{CspList, Disposition, Policy};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let list = CspList::from_header(bytes, Disposition::Enforce);
    for policy in list.policies() {
        let printed = policy.to_string();
        let again = Policy::from_header(&printed, Disposition::Enforce);
        assert_eq!(again.to_string(), printed);
        for note in policy.notes() {
            assert!(policy.text().get(note.span.range()).is_some());
        }
    }
});
