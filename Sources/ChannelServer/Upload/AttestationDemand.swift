// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Gatekeeper
internal import Sigstore
internal import TrustCore
internal import TrustPolicy

/// Says whether a channel takes a package with the attestations that it has.
///
/// Attestations that are given must hold, each of them, as they must for clients (CEP 27). Whether there must
/// be any is for the channel's setting `attestations` to say, and for the policy of publishers that its owner
/// signed, which is judged by the rules that clients apply.
struct AttestationDemand: Sendable {
    /// The channel's setting: `optional`, which is the default, or `required`.
    enum Setting: String, CaseIterable {
        case optional
        case required

        static let name = "attestations"

        /// What a channel's settings say.
        ///
        /// - Throws: a `Failure` for what they cannot mean: nothing is taken before that is cleared up.
        init(of channel: HostedChannel) throws {
            switch channel.settings[Self.name] {
            case nil, .null?: self = .optional
            case .string(let text)?:
                guard let setting = Self.allCases.first(where: { ByteKey.areEqual($0.rawValue, text) }) else {
                    throw Self.unknown(channel)
                }
                self = setting
            default: throw Self.unknown(channel)
            }
        }

        private static func unknown(_ channel: HostedChannel) -> Failure {
            Failure(
                .configuration,
                "the setting `\(name)` of the channel `\(channel.name.text)` is neither `optional` nor `required`"
            )
        }
    }

    private let setting: Setting
    private let channel: HostedChannel
    private let url: String
    private let policy: PublisherPolicy?
    private let settings: UploadSettings
    private let now: Timestamp

    init(_ parts: ServerParts, _ settings: UploadSettings, _ channel: HostedChannel) async throws {
        setting = try Setting(of: channel)
        self.channel = channel
        self.settings = settings
        url = "\(parts.publicURL)/\(channel.name.text)"
        now = parts.now()
        let document = try await parts.database.read {
            try $0.document(PublishersFile.name, in: .channel(channel.id))
        }
        guard let document else {
            policy = nil
            return
        }
        let limit = PublisherPolicy.maximumLength
        let bytes = try await parts.blobs.bytes(of: document.blob, maximumLength: limit)
        policy = try PublishersFile(parsing: bytes).policy
    }

    /// Refuses a package whose attestations do not hold, or do not suffice.
    ///
    /// - Parameters:
    ///   - sidecar: all that it is going to have.
    ///   - before: what it had.
    ///   - isNew: whether it comes only now. What is there already may lack what is demanded, and get it step
    ///     by step.
    /// - Throws: `upload.attestation-unverified`, `attestation.channel`, `upload.attestation-missing`,
    ///   `upload.publisher-refused`.
    func judge(
        _ package: InspectedPackage,
        _ sidecar: PackageSidecar?,
        before: Sigstore.Sidecar?,
        isNew: Bool
    ) async throws {
        let name = package.fileName.text
        let hasEntry = policy?.entry(for: package.fileName.name) != nil
        guard sidecar != nil || hasEntry || setting == .required else { return }
        let verifier = try await settings.verifier()
        var publications = 0
        if let sidecar {
            let verified = try VerifiedSidecar(
                sidecar.sidecar,
                of: name,
                sha256: package.sha256,
                by: verifier
            )
            if let bad = verified.unverified.first {
                throw Refusal(
                    UploadCode.attestationUnverified,
                    name,
                    at: "attestation \(bad.position + 1)",
                    found: "\(bad.reason) [\(bad.code)]"
                )
            }
            // Where the owner says who publishes, the owner says for which channels, too.
            if !hasEntry { try verified.attestations.forEach { try check($0, name) } }
            publications = verified.attestations.count { $0.isPublication }
        }
        guard setting == .optional || publications > 0 || !isNew else {
            throw Refusal(UploadCode.attestationMissing, name)
        }
        try judgeByPolicy(package, sidecar?.sidecar, before: before, isNew: isNew, verifier)
    }

    /// CEP 27: who names a channel means that one.
    private func check(_ attestation: Attestation, _ name: String) throws {
        guard attestation.isPublication, let target = attestation.targetChannel else { return }
        guard try !TargetChannel(target).isSame(as: url) else { return }
        throw Refusal(AttestationCode.channel, name, expected: "`\(url)`", found: "`\(target)`")
    }

    private func judgeByPolicy(
        _ package: InspectedPackage,
        _ sidecar: Sigstore.Sidecar?,
        before: Sigstore.Sidecar?,
        isNew: Bool,
        _ verifier: BundleVerifier
    ) throws {
        guard let policy else { return }
        let judge = PublisherJudge(policy: policy, verifier: verifier)
        let file = ChannelFile(subdir: package.subdir, fileName: package.fileName)
        func objection(_ sidecar: Sigstore.Sidecar?) throws -> RefusedFile? {
            var record = try package.record.listed(since: now)
            if let sidecar { record = try record.attested(by: sidecar.digest) }
            return try judge.objection(to: file, record, sidecar)
        }
        guard let refused = try objection(sidecar) else { return }
        // What clients accept must not be taken from them; what they refuse anyway cannot get worse.
        if !isNew, try objection(before) != nil { return }
        throw Refusal(
            UploadCode.publisherRefused,
            package.fileName.text,
            found: "\(refused.reason) [\(refused.code)]"
        )
    }
}
