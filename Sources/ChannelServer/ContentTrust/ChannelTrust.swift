// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import ContentTrust
import DurableFiles
public import TrustCore

/// What a channel's folder says about conda content trust: its chain of roots and who may sign records, verified.
///
/// It starts from the owner's own copy of a root beside the keys, if there is one; else from `1.root.json` in the
/// folder, which is only as good as the folder. What is older than the newest `key_mgr.json` that was seen where the
/// keys are is refused. That it has not run out is asked by ``checkExpiry(now:)``: a status
/// must be able to show what has.
public struct ChannelTrust: Sendable {
    /// The owner's own copy of a root, in the folder of keys.
    public static let anchorFile = "trust-root.json"

    /// The roots, from the one it starts from to the newest that is served.
    public let chain: TrustChain
    /// What names the keys that sign records.
    public let keyManager: VerifiedKeyManager
    /// The same, in a form that verifies records.
    public let authority: RecordAuthority
    /// What mamba asks for as `pkg_mgr.json`; nil if there is none, or not a good one.
    public let packageManager: VerifiedPackageManager?
    /// What is wrong with `pkg_mgr.json`, if there is one and it is not good.
    public let packageManagerDefect: Refusal?
    /// What the file says, good or not: the next version must be later than this one. Unverified.
    let servedPackageManager: TrustMetadata?
    /// Whether the chain starts from the owner's own copy.
    public let isAnchored: Bool

    /// Reads and verifies what a channel's folder says; nil if it says nothing, and the folder of keys neither.
    ///
    /// - Parameter keys: the folder of keys, which need not be there.
    /// - Throws: `channel.trust-missing` where a part of the metadata is there and another is not,
    ///   `channel.trust-root-differs` if the owner's copy is of another root, or a `content-trust.…` code,
    ///   `content-trust.rollback` among them.
    public init?(directory: String, keys: String?) throws {
        let own = try keys.flatMap { try Self.read(Self.anchorFile, in: $0) }
        let first = try own.map { try TrustChain(pinned: $0) }
        let version = first?.root.version ?? 1
        let served = try Self.read(TrustRole.root.fileName(version: version), in: directory)
        let keyManager = try Self.read(TrustRole.keyManager.fileName(version: 1), in: directory)
        guard own != nil || served != nil || keyManager != nil else { return nil }
        guard let served else { throw Self.missing(TrustRole.root.fileName(version: version), directory) }
        guard own == nil || own == served else {
            throw Refusal(
                ChannelCode.trustRootDiffers,
                TrustRole.root.fileName(version: version),
                at: directory,
                expected: own.map { Digest.of($0).description },
                found: Digest.of(served).description
            )
        }
        guard let keyManager else {
            throw Self.missing(TrustRole.keyManager.fileName(version: 1), directory)
        }
        var chain = try first ?? TrustChain(pinned: served)
        while chain.links.count <= TrustChain.maximumRotations,
            let next = try Self.read(
                TrustRole.root.fileName(version: chain.root.version + 1),
                in: directory
            )
        {
            try chain.append(next)
        }
        guard try Self.read(chain.fileBeyondNext, in: directory) == nil else { throw chain.withoutNext }
        self.chain = chain
        self.keyManager = try chain.keyManager(unsafelyIgnoringExpiry: keyManager)
        if let keys { try KeyManagerMemory(keys: keys).check(self.keyManager, in: chain) }
        authority = RecordAuthority(self.keyManager)
        isAnchored = own != nil
        let bytes = try Self.read(PackageManagerFile.name, in: directory)
        (packageManager, packageManagerDefect) = try Self.packageManager(bytes, chain, self.keyManager)
        servedPackageManager =
            bytes.flatMap { try? TrustEnvelope(parsing: $0, as: .packageManager) }?.metadata
    }

    /// Whether a channel's folder holds metadata of conda content trust.
    public static func isThere(in directory: String) -> Bool {
        [TrustRole.root, .keyManager].contains {
            Folder.exists(directory + "/" + $0.fileName(version: 1))
        }
    }

    /// Refuses a root or a key manager's metadata that has run out: what is signed by it now, nobody would take.
    ///
    /// - Throws: a `Refusal` with `content-trust.expired`.
    public func checkExpiry(now: Timestamp) throws {
        try chain.root.checkExpiry(now: now)
        try keyManager.checkExpiry(now: now)
    }

    /// Remembers beside the keys what is in force, so that nothing older is signed for later. Where that folder cannot
    /// be written, nothing is remembered: whoever signs is told so by the report.
    func remember(beside keys: KeyRing, now: Timestamp) {
        try? KeyManagerMemory(keys: keys.directory).keep(keyManager, now: now)
    }

    /// The forms in which records are signed: those that keys were named for.
    public var profile: TrustProfile {
        let forms = Set(authority.forms.values)
        return forms == [.mamba] ? .mamba : forms.contains(.mamba) ? .joint : .conda
    }

    /// The keys that sign records in a form, in the order of their names.
    public func keys(for form: RecordForm) -> [TrustKey] {
        authority.forms.filter { $0.value == form }.keys.sorted { $0.hex < $1.hex }
    }

    private static func packageManager(
        _ bytes: [UInt8]?,
        _ chain: TrustChain,
        _ keyManager: VerifiedKeyManager
    ) throws -> (VerifiedPackageManager?, Refusal?) {
        guard let bytes else { return (nil, nil) }
        do {
            // Its end is asked for later, as that of the others.
            return (try chain.packageManager(unsafelyIgnoringExpiry: bytes, by: keyManager), nil)
        } catch let refusal as Refusal {
            return (nil, refusal)
        }
    }

    private static func read(_ name: String, in directory: String) throws -> [UInt8]? {
        try DurableFile.read(directory + "/" + name, maximumLength: TrustEnvelope.maximumLength)
    }

    private static func missing(_ name: String, _ directory: String) -> Refusal {
        Refusal(ChannelCode.trustMissing, directory, expected: "`\(name)` in the folder", found: "none")
    }
}
