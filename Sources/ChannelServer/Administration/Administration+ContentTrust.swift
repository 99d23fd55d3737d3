// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
internal import TrustCore

extension Administration {
    /// Whether and by whose word the records of a channel's index are signed for conda content trust:
    ///
    /// - `GET …/content-trust`: the state, the server's package keys, and until when the metadata are good.
    /// - `POST …/content-trust/keys`: makes the package key that the key manager is to name, unless there is one that it does
    ///   not name yet.
    /// - `PUT …/content-trust` `{roots, key_mgr}`: metadata that offline keys signed, as text, byte for byte.
    /// - `DELETE …/content-trust`: ends it.
    func answerContentTrust(_ request: AdministrationRequest, _ authority: AdministrationAuthority)
        async throws
        -> JSONObject
    {
        guard let keys else { throw Self.notFound(request) }
        let name = request.path[1]
        switch (request.method, request.path.dropFirst(3)) {
        case (.get, []):
            return try await trustReport(try await channel(name, for: .read, authority), keys)
        case (.post, ["keys"]):
            let channel = try await channel(name, for: .acceptSignatures, authority)
            let indexer = ChannelIndexer(parts: parts, keys: keys, channel: channel)
            let state = try await indexer.state()
            if let key = try await keys.addPackageKey(to: channel.name, unlessOtherThan: state.trust) {
                record(
                    "package-key-made",
                    authority,
                    ["channel": channel.name.text, "key": key.fingerprint.hex]
                )
            }
            return try await trustReport(channel, keys)
        case (.put, []):
            let channel = try await channel(name, for: .acceptSignatures, authority)
            try await demandLog(of: channel)
            let subject = "the metadata of content trust"
            let limits = JSONLimits(bytes: Self.maximumTrust)
            let value = try JSONReader.read(request.content, of: subject, limits: limits)
            let intake = TrustIntake(parts: parts, keys: keys, channel: channel)
            let fields = try JSONFields(value, of: subject)
            if try await intake.accept(fields, by: Self.actor(authority)) {
                parts.changed()
                record("content-trust-accepted", authority, ["channel": channel.name.text])
            }
            return try await trustReport(channel, keys)
        case (.delete, []):
            let channel = try await channel(name, for: .acceptSignatures, authority)
            try await demandLog(of: channel)
            let intake = TrustIntake(parts: parts, keys: keys, channel: channel)
            if try await intake.end(by: Self.actor(authority)) {
                parts.changed()
                record("content-trust-ended", authority, ["channel": channel.name.text])
            }
            return try await trustReport(channel, keys)
        default: throw Self.notFound(request)
        }
    }

    /// The longest request that submits metadata: text in JSON is longer than it is.
    static let maximumTrust = 3 * HostedTrust.maximumLength

    private func trustReport(_ channel: HostedChannel, _ keys: ChannelKeys) async throws -> JSONObject {
        try await HostedTrustReport(of: ChannelIndexer(parts: parts, keys: keys, channel: channel)).json
    }
}
