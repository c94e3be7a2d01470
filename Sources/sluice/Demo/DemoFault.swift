/// What `sluice demo --break` spoils: one thing, which one gate has to find.
enum DemoFault: String, CaseIterable, Sendable {
    case lag, parity, decode, auth, acl, skip, lateWriter = "late-writer", retention

    /// The gate that has to fail; all others pass.
    var gate: String {
        switch self {
        case .lag: "lag_budget"
        case .parity: "partition_parity"
        case .decode: "decode_test"
        case .auth: "auth_probe"
        case .acl: "acl_parity"
        case .skip: "offset_translation"
        case .lateWriter: "writes_frozen"
        case .retention: "rollback_window"
        }
    }

    /// What is wrong, as somebody on call would tell it.
    var story: String {
        switch self {
        case .lag: "billing has stopped reading one partition of orders"
        case .parity: "somebody made customers on the target by hand, with 4 partitions instead of 3"
        case .decode: "a producer wrote half a document to events, and it was copied like everything else"
        case .auth: "the target has an old password of shipping"
        case .acl: "the entry that keeps contractor away from payments was not carried over"
        case .skip: "somebody set billing's position on the target by hand, one record too far in one partition"
        case .lateWriter: "a nightly job that nobody had thought of wrote an order after the freeze"
        case .retention: "somebody has had events kept for ten minutes only, as the disks of the source were full"
        }
    }
}
