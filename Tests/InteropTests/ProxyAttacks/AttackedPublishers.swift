// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Sigstore
import TUF
import TestSupport
import Testing
import TrustCore

/// Who attests to a channel's packages, by an instance of Sigstore that all tests of a run share, and who demands it.
struct AttackedPublishers {
    static let repository = "lab/tool"
    /// One for all: the proxy is told of one.
    static let shared = SharedInstance()

    /// The channel that attestations name.
    let channel: String
    private let signer = SimulatedInstance.Signer.workflow(of: repository)

    init(of channel: String) throws { self.channel = channel }

    /// The owner demands attestations; not published yet.
    func demand(in fixture: inout ChannelFixture) throws {
        let text = """
            {"version":1,"channel":"\(channel)",
             "packages":[{"pattern":"*","publishers":[{"github":"\(Self.repository)"}]}]}
            """
        let path = try #require(TargetPath("publishers.json"))
        let bytes = Array(text.utf8)
        try fixture.editor.setTarget(path, to: TargetFile(of: bytes), in: .targets)
        try fixture.folder.write(bytes, to: path.text)
        try fixture.folder.write(bytes, to: path.prefixed(by: Digest.of(bytes)))
    }

    /// The same demand as part of a user's policy.
    var policy: String {
        """
          \(channel):
            packages:
              "*":
                publishers: [{github: \(Self.repository)}]

        """
    }

    /// Lays an attestation beside a package, and has the index promise it at the next publication.
    ///
    /// - Parameter statement: the number of the package that it is about, if that is another one.
    func attest(
        _ fixture: inout ChannelFixture,
        _ number: Int,
        by other: SimulatedInstance.Signer? = nil,
        about statement: Int? = nil
    ) throws {
        let bytes = try sidecar(about: fixture.packages[statement ?? number], by: other)
        let digest = Digest.of(bytes)
        fixture.packages[number].recordChanges["attestations_sha256"] = .string(digest.hex)
        try fixture.folder.write(bytes, to: "\(fixture.packages[number].path).sigs.\(digest.hex)")
    }

    /// An attestation to a package.
    func sidecar(about package: FixturePackage, by other: SimulatedInstance.Signer? = nil) throws -> [UInt8] {
        let statement = try PublishAttestation(
            fileName: package.fileName.text,
            sha256: package.sha256,
            targetChannel: channel
        ).encoded()
        let bundle = try Self.shared.bundle(statement, by: other ?? signer)
        return Array("[".utf8) + bundle + Array("]".utf8)
    }
}
