// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

extension PublishLogEntry {
    /// As it is in the log: canonical JSON (RFC 8785). What it is not about is left out.
    func encoded() throws -> [UInt8] {
        var object = JSONObject()
        object["v"] = 1
        object["type"] = .string(event.rawValue)
        object["channel"] = .string(channel)
        object["time"] = .number(JSONNumber(time.seconds))
        object["subdir"] = subdir.map { .string($0) }
        object["filename"] = fileName.map { .string($0) }
        object["sha256"] = sha256.map { .string($0.hex) }
        object["size"] = size.map { .number(JSONNumber(Int64(clamping: $0))) }
        object["attestations_sha256"] = attestations.map { .string($0.hex) }
        if let publisher {
            var who = JSONObject()
            who["kind"] = .string(publisher.kind.rawValue)
            who["name"] = .string(publisher.name)
            who["issuer"] = publisher.issuer.map { .string($0) }
            object["publisher"] = .object(who)
        }
        if details.count > 0 { object["details"] = .object(details) }
        return try JSONCanonicalization.encode(.object(object), of: "an entry of the publish log")
    }
}
