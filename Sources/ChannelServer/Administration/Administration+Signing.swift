// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import SigningKeys
internal import TUF
internal import TrustCore

extension Administration {
    /// How a channel's offline keys and the server work together:
    ///
    /// - `GET …/signing`: what is signed, by which online keys, until when, and which indexes lag behind.
    /// - `POST …/signing/keys`: makes an online key, to take the place of those that there are; `DELETE …/signing/keys/<fingerprint>`
    ///   takes one away that no root in force names.
    /// - `GET …/tuf`: the metadata in force, for a copy that proposals are made from.
    /// - `POST …/tuf/proposal`: a proposal to be signed, in the form of `kingsnake root`; see ``ProposalRequest``.
    /// - `POST …/tuf/ceremony`: a proposal that enough of the offline keys have signed, alone or with maintainers' lists: see
    ///   ``ceremony(_:)``.
    func answerSigning(_ request: AdministrationRequest, _ authority: AdministrationAuthority) async throws
        -> JSONObject
    {
        guard let keys else { throw Self.notFound(request) }
        let path = request.path
        switch (request.method, path.dropFirst(2)) {
        case (.get, ["signing"]):
            let channel = try await channel(path[1], for: .read, authority)
            return try await report(channel, keys)
        case (.post, ["signing", "keys"]):
            return try await addOnlineKey(path[1], keys, authority)
        case (.delete, let rest) where rest.count == 3 && rest.starts(with: ["signing", "keys"]):
            return try await removeOnlineKey(path[1], path[4], keys, authority)
        case (.get, ["tuf"]): return try await metadata(path[1], keys, authority)
        case (.post, ["tuf", "proposal"]):
            let channel = try await channel(path[1], for: .acceptSignatures, authority)
            let intake = CeremonyIntake(parts: parts, keys: keys, channel: channel)
            return try Self.object(of: try await ProposalRequest(parsing: request.content).proposal(intake))
        case (.post, ["tuf", "ceremony"]):
            return try await accept(request.content, path[1], keys, authority)
        default: throw Self.notFound(request)
        }
    }

    private func report(_ channel: HostedChannel, _ keys: ChannelKeys) async throws -> JSONObject {
        try await SigningReport(of: ChannelIndexer(parts: parts, keys: keys, channel: channel)).json
    }

    private static func object(of proposal: CeremonyProposal) throws -> JSONObject {
        let limits = JSONLimits(bytes: CeremonyProposal.maximumLength)
        let value = try JSONReader.read(proposal.encoded(), of: "the proposal", limits: limits)
        return try JSONFields(value, of: "the proposal").object
    }

    // MARK: What was signed elsewhere

    private func accept(
        _ content: [UInt8],
        _ name: String,
        _ keys: ChannelKeys,
        _ authority: AdministrationAuthority
    ) async throws -> JSONObject {
        let channel = try await channel(name, for: .acceptSignatures, authority)
        try await demandLog(of: channel)
        let (proposal, lists) = try Self.ceremony(content)
        let ceremony = try FinishedCeremony(CeremonyProposal(parsing: proposal), now: now())
        let intake = CeremonyIntake(parts: parts, keys: keys, channel: channel)
        if try await intake.accept(ceremony, with: lists, by: Self.actor(authority)) {
            parts.changed()
            record("signatures-accepted", authority, ["channel": channel.name.text])
        }
        return try await report(channel, keys)
    }

    /// The files of the metadata in force, by their names below `tuf/`, as text: metadata are JSON, byte for byte.
    private func metadata(_ name: String, _ keys: ChannelKeys, _ authority: AdministrationAuthority)
        async throws -> JSONObject
    {
        let channel = try await channel(name, for: .read, authority)
        let files = try await HostedRepository.files(of: channel, database: database, blobs: parts.blobs)
        guard !files.isEmpty else {
            throw Refusal(ChannelCode.notAChannel, channel.name.text, expected: "a root that was signed")
        }
        var members = JSONObject()
        for (name, bytes) in files.sorted(by: { ByteKey($0.key) < ByteKey($1.key) }) {
            guard let text = String(validating: bytes, as: UTF8.self) else { continue }
            members[name] = .string(text)
        }
        var answer = JSONObject()
        answer["files"] = .object(members)
        return answer
    }

    // MARK: Online keys

    private func addOnlineKey(_ name: String, _ keys: ChannelKeys, _ authority: AdministrationAuthority)
        async throws -> JSONObject
    {
        let channel = try await channel(name, for: .manageChannel, authority)
        let key = try keys.add(to: channel.name)
        record("online-key-made", authority, Self.details(channel, key.fingerprint.hex))
        return try await report(channel, keys)
    }

    private func removeOnlineKey(
        _ name: String,
        _ fingerprint: String,
        _ keys: ChannelKeys,
        _ authority: AdministrationAuthority
    ) async throws -> JSONObject {
        let channel = try await channel(name, for: .manageChannel, authority)
        let indexer = ChannelIndexer(parts: parts, keys: keys, channel: channel)
        let report = try await SigningReport(of: indexer)
        let found = report.onlineKeys.first { ByteKey.areEqual($0.key.fingerprint.hex, fingerprint) }
        guard let found, !found.isInForce else {
            throw Refusal(
                IndexCode.onlineKeys,
                channel.name.text,
                expected: found == nil
                    ? "the fingerprint of one of its online keys" : "a key that no role has",
                found: Printable.text(fingerprint)
            )
        }
        try await keys.remove(found.key, from: channel.name)
        record("online-key-removed", authority, Self.details(channel, fingerprint))
        return try await self.report(channel, keys)
    }

    private static func details(_ channel: HostedChannel, _ fingerprint: String) -> [String: String] {
        ["channel": channel.name.text, "key": fingerprint]
    }
}
