//! May the relay go on behind what a stream ends with? It never writes over a stream that does not agree
//! with the log: after a restored backup, or beside another county's, a person must look (nats.md §2).

use super::lane::{Lane, Origin};

/// What was found at the end of a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// The stream's last sequence; 0 when nothing was ever in it.
    pub last: u64,
    /// Its last message that can be read, by sequence; older ones were dropped, later ones are damaged.
    pub read: Option<(u64, Origin)>,
}

/// What the log says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    pub head: u64,
    /// Of the log's event at the position the message names.
    pub event_id: Option<uuid::Uuid>,
}

/// Where a relay goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The stream's last sequence.
    pub last: u64,
    /// Events up to here are in it, whole.
    pub position: u64,
    /// So many messages of later events are in it already, though nobody can read them.
    pub skip: u64,
}

/// # Errors
/// Why nothing may be written, and what to do.
pub fn judge(lane: Lane, end: &End, truth: &Truth) -> Result<Standing, String> {
    let last = end.last;
    let name = lane.stream().name;
    if lane == Lane::Log && last > truth.head {
        return Err(format!(
            "stream {name} holds events up to {last}, the database only up to {}: was an older backup restored? \
             Keep the stream for whoever must learn what was lost, then delete it; it is filled anew",
            truth.head
        ));
    }
    let Some((sequence, origin)) = &end.read else {
        // All of it was dropped or damaged. Each message of LOG has its event's position; those of PUB are
        // counted from the first event on.
        return Ok(match lane {
            Lane::Log => Standing { last, position: last, skip: 0 },
            Lane::Public => Standing { last, position: 0, skip: last },
        });
    };
    let fits = truth.event_id == Some(origin.event_id)
        && (lane == Lane::Public || *sequence == origin.position);
    if !fits {
        return Err(format!(
            "message {sequence} of stream {name} tells of another event than the database at {}: \
             it belongs to another log, or to one that was restored; delete the stream, and it is filled anew",
            origin.position
        ));
    }
    let skip = last - *sequence;
    Ok(match lane {
        // Position by position: what cannot be read is read from the database by those who follow.
        Lane::Log => Standing { last, position: last, skip: 0 },
        Lane::Public => Standing { last, position: origin.position, skip },
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const EVENT: Uuid = Uuid::from_u128(7);

    fn end(last: u64, sequence: u64, position: u64) -> End {
        End { last, read: Some((sequence, Origin { position, event_id: EVENT })) }
    }

    fn truth(head: u64, event_id: u128) -> Truth {
        Truth { head, event_id: Some(Uuid::from_u128(event_id)) }
    }

    #[test]
    fn it_goes_on_behind_what_agrees() {
        let log = judge(Lane::Log, &end(9, 9, 9), &truth(12, 7));
        assert_eq!(log, Ok(Standing { last: 9, position: 9, skip: 0 }));
        let public = judge(Lane::Public, &end(4, 4, 9), &truth(12, 7));
        assert_eq!(public, Ok(Standing { last: 4, position: 9, skip: 0 }));
    }

    #[test]
    fn an_empty_stream_is_filled_from_the_start() {
        for lane in Lane::ALL {
            let empty = End { last: 0, read: None };
            let truth = Truth { head: 12, event_id: None };
            assert_eq!(judge(lane, &empty, &truth), Ok(Standing::default()));
        }
    }

    #[test]
    fn messages_nobody_can_read_are_not_written_twice() {
        let public = judge(Lane::Public, &end(6, 4, 9), &truth(12, 7));
        assert_eq!(public, Ok(Standing { last: 6, position: 9, skip: 2 }));
        let gone = End { last: 6, read: None };
        let none = Truth { head: 12, event_id: None };
        let public = judge(Lane::Public, &gone, &none);
        assert_eq!(public, Ok(Standing { last: 6, position: 0, skip: 6 }));
        let log = judge(Lane::Log, &gone, &none);
        assert_eq!(log, Ok(Standing { last: 6, position: 6, skip: 0 }));
    }

    #[test]
    fn nothing_is_written_over_a_stream_that_knows_more_than_the_log() {
        let refused = judge(Lane::Log, &end(13, 13, 13), &truth(12, 7)).unwrap_err();
        assert!(refused.contains("backup") && refused.contains("13"), "{refused}");
    }

    #[test]
    fn nothing_is_written_behind_another_logs_events() {
        for lane in Lane::ALL {
            assert!(judge(lane, &end(9, 9, 9), &truth(12, 8)).is_err());
            let nothing = Truth { head: 12, event_id: None };
            assert!(judge(lane, &end(9, 9, 9), &nothing).is_err());
        }
        assert!(judge(Lane::Log, &end(9, 9, 8), &truth(12, 7)).is_err(), "a shifted stream");
    }
}
