// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

extension AccessControl {
    /// The channel of a name that a caller may do something to.
    ///
    /// A channel that does not exist is refused in the same words, and after the same work, as a private one that the
    /// caller may not know of.
    ///
    /// - Throws: ``unknownChannel(_:to:)``, and whatever ``demand(_:of:on:package:)`` throws.
    func channel(
        _ name: String,
        for action: ServerAction,
        of caller: Caller,
        package: String?,
        in database: any ServerDatabase
    ) async throws -> HostedChannel {
        let unknown = unknownChannel(name, to: caller)
        guard let name = try? ChannelName(name) else { throw unknown }
        if let channel = try await database.read({ try $0.channel(name) }) {
            try await demand(action, of: caller, on: channel, package: package)
            return channel
        }
        let decoy = HostedChannel(id: 0, name: name, visibility: .members, created: Timestamp(seconds: 0))
        try? await demand(action, of: caller, on: decoy, package: package)
        throw unknown
    }

    /// What a caller is told of a channel that does not exist, or that they may not know of.
    ///
    /// Whoever showed nothing is asked for credentials, in both cases: clients remember a 404 of an index for ever, and
    /// would not find the channel after they logged in.
    func unknownChannel(_ name: String, to caller: Caller) -> Refusal {
        caller.holder == nil
            ? Refusal(AccessCode.credentialsNeeded, name) : Refusal(ServerCode.channelUnknown, name)
    }
}
