// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// What a log of the first generation signs when it takes an entry in: its promise to include it.
public enum SignedEntryTimestamp {
    /// The signed bytes: an object in the form of RFC 8785.
    ///
    /// - Parameters:
    ///   - body: The entry's body.
    ///   - integratedTime: When the log took it in.
    ///   - logID: The log's id.
    ///   - logIndex: The entry's number, counted through all trees of the log; not the index in the proof.
    /// - Throws: a `Refusal` with `json.number` for numbers that have no form there.
    public static func message(
        body: [UInt8],
        integratedTime: Int64,
        logID: [UInt8],
        logIndex: Int64
    ) throws -> [UInt8] {
        let value: JSONValue = [
            "body": .string(Base64.text(body)),
            "integratedTime": .number(JSONNumber(integratedTime)),
            "logID": .string(Hex.encode(logID)),
            "logIndex": .number(JSONNumber(logIndex)),
        ]
        return try JSONCanonicalization.encode(value, of: "signed entry timestamp")
    }
}
