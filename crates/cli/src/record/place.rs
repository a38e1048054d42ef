//! Where in the code a request began.

use super::connection::Place;
use super::protocol::{CallFrame, Initiator, SourceCodeLocation, Stack};

/// No more calls of a stack are kept.
const MOST_CALLS: usize = 20;

/// The calls that led to a request, the innermost first; or, where no script began it, the place of the element.
pub(crate) fn stack_of(initiator: Initiator) -> Vec<Place> {
    let Some(stack) = initiator.stack else {
        return initiator
            .url
            .map(|url| Place {
                url,
                line: from_one(initiator.line_number.unwrap_or_default() as i64),
                column: from_one(initiator.column_number.unwrap_or_default() as i64),
                function: String::new(),
            })
            .into_iter()
            .collect();
    };
    let mut calls = Vec::new();
    let mut next = Some(Box::new(stack));
    while let (Some(stack), true) = (next, calls.len() < MOST_CALLS) {
        let Stack {
            call_frames,
            parent,
        } = *stack;
        calls.extend(call_frames.into_iter().map(place));
        next = parent;
    }
    calls.truncate(MOST_CALLS);
    calls
}

fn place(call: CallFrame) -> Place {
    Place {
        url: call.url,
        line: from_one(call.line_number),
        column: from_one(call.column_number),
        function: call.function_name,
    }
}

pub(crate) fn of_issue(location: SourceCodeLocation) -> Place {
    Place {
        url: location.url,
        line: from_one(location.line_number),
        column: from_one(location.column_number),
        function: String::new(),
    }
}

/// The protocol counts from 0.
fn from_one(number: i64) -> u32 {
    u32::try_from(number.max(0))
        .unwrap_or(u32::MAX)
        .saturating_add(1)
}
