// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
public import SigningKeys
import TUF
public import TrustCore
public import TrustPolicy

extension SignedChannel {
    /// Who may publish which packages, as the owner signed it; nil if the owner says nothing of that.
    ///
    /// - Throws: `channel.policy-altered` if the folder has not the bytes that are signed.
    public func publisherPolicy() throws -> PublisherPolicy? {
        try editor.publishers(in: directory)?.policy
    }

    /// Signs who may publish which packages, in place of whatever was signed before.
    ///
    /// Needs the targets key, for only that key says who may publish: whoever holds the online key can neither
    /// widen it nor take it away. Which packages clients refuse by it is for ``PublisherTrial`` to say
    /// beforehand.
    ///
    /// - Parameters:
    ///   - policy: what is to be signed; nil takes every demand away.
    ///   - targets: targets keys that are elsewhere than in the folder of keys, such as on tokens; those in the
    ///     folder sign too.
    /// - Throws: `channel.key-not-authorised` if the targets key, or the online key, is not at hand, or a
    ///   `policy-file.…` code for what no client would read.
    public mutating func setPublisherPolicy(
        _ policy: PublisherPolicy?,
        signingTargetsBy targets: [any SigningKeys.Signer] = [],
        now: Timestamp
    ) async throws -> ChannelChange {
        let file = try policy.map { try PublishersFile($0) }
        guard file?.target != editor.publishersTarget else { return ChannelChange() }
        let signers = try await targets + offlineSigners()
        return try await edit { channel, publication, change in
            if let file {
                try channel.editor.setTarget(PublishersFile.path, to: file.target, in: .targets)
                publication.write(file)
            } else {
                try channel.editor.removeTarget(PublishersFile.path, from: .targets)
                publication.remove(PublishersFile.name)
            }
            try await channel.publish([], &publication, &change, signers: signers, now: now)
        }
    }

    /// Plans what a ceremony signed about publishers: the file comes with the ceremony, or is there already.
    ///
    /// - Throws: `channel.policy-altered` if neither has the bytes that were signed.
    func stagePublishers(
        of ceremony: FinishedCeremony,
        replacing old: TargetFile?,
        _ publication: inout Publication
    ) throws {
        guard let target = editor.publishersTarget else {
            if old != nil { publication.remove(PublishersFile.name) }
            return
        }
        guard target != old else { return }
        if let bytes = ceremony.files[PublishersFile.path],
            Digest.of(bytes) == target.hashes.digest(by: .sha256)
        {
            publication.write(try PublishersFile(parsing: bytes))
        } else if let file = try editor.publishers(in: directory) {
            publication.write(file)
        }
    }

    /// Judges packages by what the owner demands; nil if the owner demands nothing of publishers.
    func publisherJudge() throws -> PublisherJudge? {
        guard let policy = try publisherPolicy() else { return nil }
        return PublisherJudge(policy: policy, verifier: try sidecarVerifier())
    }
}
