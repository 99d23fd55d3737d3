// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import ContentTrust
import DurableFiles
public import SigningKeys
public import TrustCore

extension TrustFolder {
    /// How many keys each role of a new channel gets, and how they are kept.
    public struct NewKeys: Sendable {
        /// The clients that shall accept the records.
        public var profile = TrustProfile.conda
        /// The authorities.
        public var root: KeyRing.Quorum
        /// Those who say which keys sign records.
        public var keyManager: KeyRing.Quorum
        /// Those who sign records; in the joint profile as many again for mamba's form.
        public var package: KeyRing.Quorum
        /// How the key files of root and key manager keep their keys.
        public var offline: KeyProtection
        /// How those of the package keys do.
        public var online: KeyProtection

        /// Makes a plan.
        public init(
            profile: TrustProfile,
            root: KeyRing.Quorum,
            keyManager: KeyRing.Quorum,
            package: KeyRing.Quorum,
            offline: KeyProtection,
            online: KeyProtection
        ) {
            self.profile = profile
            self.root = root
            self.keyManager = keyManager
            self.package = package
            self.offline = offline
            self.online = online
        }
    }

    /// Refuses (`channel.already-there`) a folder that has metadata of conda content trust, and
    /// (`channel.keys-served`) a folder of keys inside of it.
    public func checkIsNew(keys: KeyRing) throws {
        guard Folder.isFolder(directory) else {
            throw Failure(
                .disk,
                "there is no such folder",
                at: directory,
                remedy: "name a channel's folder, or a folder with subdirs and their repodata"
            )
        }
        try SignedChannel.refuseServed(keys.directory, in: directory)
        let names = TrustRole.allCases.map { $0.fileName(version: 1) }
        if let name = names.first(where: { Folder.exists(directory + "/" + $0) }) {
            throw Refusal(ChannelCode.alreadyThere, directory + "/" + name)
        }
    }

    /// Makes the keys, and metadata that they have signed: not published yet.
    ///
    /// - Throws: as ``checkIsNew(keys:)``, also if the folder of keys has such keys already; then nothing was
    ///   made.
    public func makeKeys(
        _ plan: NewKeys,
        in keys: KeyRing,
        options: TrustDraft.Options,
        now: Timestamp
    ) async throws -> FinishedTrustCeremony {
        try checkIsNew(keys: keys)
        let purposes: [KeyRing.Purpose] = [.trustRoot, .keyManager, .package, .mambaPackage]
        guard try purposes.allSatisfy({ try keys.files(of: $0).isEmpty }),
            !Folder.exists(Self.anchor(in: keys))
        else {
            throw Refusal(ChannelCode.alreadyThere, keys.directory)
        }
        var draft = TrustDraft()
        func make(_ purpose: KeyRing.Purpose, _ quorum: KeyRing.Quorum, _ protection: KeyProtection) throws
            -> [PrivateKey]
        {
            try keys.create(purpose, count: quorum.count, scheme: .ed25519, protection: protection)
        }
        let rootKeys = try make(.trustRoot, plan.root, plan.offline)
        for key in rootKeys { try draft.add(key.publicKey, to: .root) }
        let managerKeys = try make(.keyManager, plan.keyManager, plan.offline)
        for key in managerKeys { try draft.add(key.publicKey, to: .keyManager) }
        for form in plan.profile.forms {
            let purpose: KeyRing.Purpose = form == .mamba ? .mambaPackage : .package
            for key in try make(purpose, plan.package, plan.online) {
                try draft.add(key.publicKey, to: .packageManager, signing: form)
            }
        }
        try draft.setThreshold(plan.root.threshold, of: .root)
        try draft.setThreshold(plan.keyManager.threshold, of: .keyManager)
        try draft.setThreshold(plan.package.threshold, of: .packageManager)
        var proposal = try draft.proposal(options: options, now: now)
        for key in rootKeys + managerKeys {
            try await proposal.merge(proposal.signatures(by: key, now: now))
        }
        let ceremony = try FinishedTrustCeremony(proposal, now: now)
        // The owner's own anchor, before anything is served.
        try DurableFile.write(ceremony.chain.root.bytes, to: keys.directory + "/" + ChannelTrust.anchorFile)
        return ceremony
    }

    /// Signs a proposal with the offline keys of a folder of keys, as many as are needed and there.
    ///
    /// Keys are opened one by one, and none after enough have signed. Whether enough have is not checked
    /// here.
    public static func sign(
        _ proposal: inout TrustProposal,
        keys: KeyRing,
        passphrase: @escaping KeyRing.PassphraseSource,
        now: Timestamp
    ) async throws {
        for (purpose, role) in [(KeyRing.Purpose.trustRoot, TrustRole.root), (.keyManager, .keyManager)] {
            for path in try keys.files(of: purpose) {
                let progress = try TrustProgress(proposal)
                guard progress.requirements.contains(where: { $0.role == role && $0.missing > 0 }) else {
                    break
                }
                let signer = try await KeyRing.signer(at: path, passphrase: passphrase)
                guard !proposal.roles(signedBy: signer.publicKey).isEmpty else { continue }
                try await proposal.merge(proposal.signatures(by: signer, now: now))
            }
        }
    }
}
