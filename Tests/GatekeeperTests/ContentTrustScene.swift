// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import TestSupport
import Testing
import Transport
import TrustCore
import TrustPolicy

@testable import Gatekeeper

/// A channel that is signed by conda content trust, and a user who has pinned it.
struct ContentTrustScene {
    var fixture: ContentTrustFixture
    var user: GateScene

    /// Pins the channel to its root of content trust, and to a TUF root if one is given.
    init(
        _ packages: [FixturePackage]? = nil,
        packageKeyCount: Int = 1,
        threshold: Int = 1,
        metadataURL: String? = nil
    ) async throws {
        fixture = try await ContentTrustFixture(
            packages: packages ?? [.sample()],
            packageKeyCount: packageKeyCount,
            threshold: threshold
        )
        user = try GateScene(pinningContentTrust: fixture.root, metadataURL: metadataURL)
    }

    var url: String { "file://" + fixture.directory }

    /// Asks the channel for its first package.
    func admit(from mirrors: [String]? = nil) async throws -> Admission {
        try await user.admit(fixture.packages[0], from: mirrors ?? [url]).value
    }

    /// The code by which the channel's first package is refused: of a refusal, or of the policy's first objection.
    func refusal(from mirrors: [String]? = nil) async -> String? {
        await Self.refusal { try await admit(from: mirrors) }
    }

    static func refusal(_ body: () async throws -> Admission) async -> String? {
        do {
            return try await body().verdict.objections.first?.code?.rawValue
        } catch let refusal as Refusal {
            return refusal.codeName
        } catch {
            return "not a refusal: \(error)"
        }
    }

    /// Signs every record anew, then changes what is listed.
    func publish(_ edit: (inout [ContentTrustFixture.Listing]) throws -> Void) async throws {
        try await fixture.publish(now: user.now, edit)
    }

    /// Where what was verified of the channel's content trust is kept.
    var store: ContentTrustStore {
        get throws {
            try ContentTrustStore(#require(try user.store.channel(user.channel)).contentTrustDirectory)
        }
    }
}

extension GateScene {
    /// Pins a channel to a root of content trust only.
    init(pinningContentTrust root: [UInt8], metadataURL: String? = nil) throws {
        home = try TemporaryFolder()
        channel = try ChannelURL(Self.canonical)
        let url = try metadataURL.map { try ChannelURL($0) }
        try store.add(
            channel,
            mirrors: [],
            contentTrust: ContentTrustPin(file: root, metadataURL: url),
            now: now
        )
    }
}
