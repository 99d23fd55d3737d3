// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// What became of a package that was sent.
enum IntakeOutcome: String, Sendable {
    /// It was taken in.
    case accepted
    /// It was there already, the same bytes, and nothing changed.
    case unchanged
    /// It was there already, the same bytes, and has attestations now that it had not.
    case attested
}

/// A package that a server has taken in, or had already: durable, in the log, and soon in the index.
struct IntakeReceipt: Sendable {
    let channel: ChannelName
    let file: HostedFile
    let outcome: IntakeOutcome

    /// For those who sent it.
    ///
    /// - Parameter publicURL: where the server is for others.
    func json(publicURL: String) -> JSONObject {
        let path = "\(channel.text)/\(file.subdir.text)/\(PercentEncoding.segment(file.fileName.text))"
        var object = JSONObject()
        object["outcome"] = .string(outcome.rawValue)
        object["channel"] = .string(channel.text)
        object["subdir"] = .string(file.subdir.text)
        object["file"] = .string(file.fileName.text)
        object["sha256"] = .string(file.sha256.hex)
        object["size"] = .number(JSONNumber(Int64(clamping: file.size)))
        object["state"] = .string(file.state.rawValue)
        object["attestations_sha256"] = file.attestations.map { .string($0.hex) } ?? .null
        object["log_index"] = .number(JSONNumber(file.logIndex))
        object["url"] = .string("\(publicURL)/\(path)")
        return object
    }
}
