// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A witness's signature of a checkpoint: it saw the log, consistent with all that it saw before, at that
/// time (C2SP tlog-cosignature, `cosignature/v1`).
public struct Cosignature: Hashable, Sendable {
    /// When the witness signed, by its own word.
    public let time: Timestamp
    /// An Ed25519 signature over ``message(for:)``.
    public let signature: [UInt8]

    /// Takes the parts of a cosignature; the time is not before 1970.
    public init?(time: Timestamp, signature: [UInt8]) {
        guard time.seconds >= 0, signature.count == 64 else { return nil }
        self.time = time
        self.signature = signature
    }

    /// Reads what a note's signature holds; nil if it has another form. Signatures of other types can have
    /// the same length: only the key says what it is.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 72 else { return nil }
        let seconds = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let seconds = Int64(exactly: seconds) else { return nil }
        self.init(time: Timestamp(seconds: seconds), signature: Array(bytes.dropFirst(8)))
    }

    /// What a note's signature holds.
    public var encoded: [UInt8] {
        stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: time.seconds >> Int64($0)) }
            + signature
    }

    /// What is signed.
    public func message(for text: [UInt8]) -> [UInt8] { Self.message(for: text, at: time) }

    /// What a witness signs at a time.
    public static func message(for text: [UInt8], at time: Timestamp) -> [UInt8] {
        Array("cosignature/v1\ntime \(time.seconds)\n".utf8) + text
    }
}
