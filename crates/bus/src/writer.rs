//! Appending under the stream's own compare-and-set: message p is stored only directly behind p − 1. That
//! one rule gives order, no duplicate, no hole, and fences every other writer (nats.md §2).

use std::time::Duration;

use async_nats::Request;
use async_nats::header::NATS_EXPECTED_LAST_SEQUENCE;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use runtime::ids::fill_random;
use serde::Deserialize;
use uuid::Uuid;

use crate::connection::Bus;
use crate::error::{BusError, unavailable};
use crate::message::Message;
use crate::stream::StreamKind;

/// From here on a batch is worth its staging: 6–10 ms, whatever its size.
const BATCH_MIN: usize = 64;
/// Server's limit: 1,000.
const BATCH_MAX: usize = 500;
/// How long the commit of a batch may take.
const COMMIT: Duration = Duration::from_secs(5);

/// The stream ends elsewhere.
const WRONG_LAST_SEQUENCE: u64 = 10_071;

/// What the server answers to the last message of a batch.
#[derive(Deserialize)]
struct Answer {
    error: Option<Refusal>,
    #[serde(default)]
    seq: u64,
    #[serde(default)]
    count: usize,
}

#[derive(Deserialize)]
struct Refusal {
    err_code: u64,
    description: String,
}

impl Bus {
    /// Appends `messages` directly behind sequence `after`, in order. On return all of them are stored; on
    /// an error some of the first may be: look at the stream's tail and go on from there.
    ///
    /// # Errors
    /// When the stream ends elsewhere, or anything but the expected acknowledgement came back.
    pub async fn append(
        &self,
        kind: StreamKind,
        after: u64,
        messages: &[Message],
    ) -> Result<u64, BusError> {
        let mut last = after;
        for chunk in messages.chunks(BATCH_MAX) {
            // Two writers of different versions, each pipelining its own messages, could interleave and leave
            // one out: such messages go all or none.
            if chunk.len() >= BATCH_MIN || (chunk.len() > 1 && !kind.same_from_all) {
                self.commit(kind, last, chunk).await?;
            } else {
                self.one_by_one(kind, last, chunk).await?;
            }
            last += chunk.len() as u64;
        }
        Ok(last)
    }

    /// Pipelined: each names its predecessor, so none is stored after one that was not.
    async fn one_by_one(
        &self,
        kind: StreamKind,
        after: u64,
        messages: &[Message],
    ) -> Result<(), BusError> {
        let mut waiting = Vec::with_capacity(messages.len());
        for (expected, message) in (after..).zip(messages) {
            let publish = PublishMessage::build()
                .payload(message.body.clone().into())
                .headers(message.header_map())
                .expected_last_sequence(expected);
            let sent = self.jetstream().send_publish(message.subject.clone(), publish).await;
            waiting.push((expected, sent.map_err(unavailable)?));
        }
        for (expected, answer) in waiting {
            let out_of_step =
                |answer: String| BusError::OutOfStep { stream: kind.name, expected, answer };
            let ack = answer.await.map_err(|error| match error.kind() {
                PublishErrorKind::WrongLastSequence => out_of_step(error.to_string()),
                // Full, sealed, denied or too large: nobody else has written, so looking again mends nothing.
                PublishErrorKind::StreamNotFound
                | PublishErrorKind::WrongLastMessageId
                | PublishErrorKind::TimedOut
                | PublishErrorKind::BrokenPipe
                | PublishErrorKind::MaxAckPending
                | PublishErrorKind::MaxPayloadExceeded
                | PublishErrorKind::Other => unavailable(error),
            })?;
            if ack.stream != kind.name || ack.sequence != expected + 1 || ack.duplicate {
                return Err(out_of_step(format!("it was stored at {}", ack.sequence)));
            }
        }
        Ok(())
    }

    /// All or none, with one write to disk.
    async fn commit(
        &self,
        kind: StreamKind,
        after: u64,
        messages: &[Message],
    ) -> Result<(), BusError> {
        let mut batch = [0; 16];
        fill_random(&mut batch);
        let batch = Uuid::from_bytes(batch).to_string();
        let count = messages.len();
        for (place, message) in (1..).zip(messages) {
            let mut headers = message.header_map();
            headers.insert("Nats-Batch-Id", batch.as_str());
            headers.insert("Nats-Batch-Sequence", place.to_string());
            if place == 1 {
                headers.insert(NATS_EXPECTED_LAST_SEQUENCE, after.to_string());
            }
            let (subject, body) = (message.subject.clone(), message.body.clone().into());
            if place < count {
                let sent = self.client.publish_with_headers(subject, headers, body);
                let sent = tokio::time::timeout(COMMIT, sent).await.map_err(unavailable)?;
                sent.map_err(unavailable)?;
                continue;
            }
            headers.insert("Nats-Batch-Commit", "1");
            let request = Request::new().headers(headers).payload(body).timeout(Some(COMMIT));
            let answer = self.client.send_request(subject, request).await.map_err(unavailable)?;
            let answer: Answer = serde_json::from_slice(&answer.payload).map_err(unavailable)?;
            require_whole(kind, after, count, &answer)?;
        }
        Ok(())
    }
}

fn require_whole(
    kind: StreamKind,
    after: u64,
    count: usize,
    answer: &Answer,
) -> Result<(), BusError> {
    let said = match &answer.error {
        Some(refusal) if refusal.err_code != WRONG_LAST_SEQUENCE => {
            let said = format!("{} ({})", refusal.description, refusal.err_code);
            return Err(BusError::Unavailable(format!("stream {}: {said}", kind.name)));
        }
        Some(refusal) => format!("{} ({})", refusal.description, refusal.err_code),
        None if answer.seq == after + count as u64 && answer.count == count => return Ok(()),
        None => format!("{} of {count} are stored, up to {}", answer.count, answer.seq),
    };
    Err(BusError::OutOfStep { stream: kind.name, expected: after, answer: said })
}
