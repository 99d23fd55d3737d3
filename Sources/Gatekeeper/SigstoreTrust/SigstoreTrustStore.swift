// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import DurableFiles
import Sigstore
public import TrustCore

/// The instances of Sigstore that are known on this machine, and the newest verified keys of each, in the
/// folder of the trust store.
///
/// The public instances come with the program. Others are made known by the user's word only, by a TUF root
/// or by the very keys.
public struct SigstoreTrustStore: Sendable {
    /// The folder that holds the trust store.
    public let directory: String

    /// Opens the store in a folder, which need not exist.
    public init(directory: String) { self.directory = directory }

    var instancesDirectory: String { directory + "/sigstore" }

    // MARK: Known instances

    /// The names of all known instances: those that come with the program, then the user's, by name.
    public func names() throws -> [SigstoreInstanceName] {
        let own = try Folder.names(in: instancesDirectory).compactMap { SigstoreInstanceName($0) }
        return SigstoreInstance.allCases.map { SigstoreInstanceName($0) }
            + own.filter { $0.shipped == nil && Folder.exists(instancesDirectory + "/\($0)/instance.json") }
    }

    /// Whether there is somewhere to update an instance from, and the user has shown that it is needed: it
    /// was added by its TUF root, or was updated before.
    public func canUpdate(_ name: SigstoreInstanceName) -> Bool {
        let folder = folder(of: name)
        return Folder.exists(folder + "/state.json") || Folder.exists(folder + "/root.json")
    }

    /// A known instance (`instance.unknown`, or `instance.damaged` if its files are not those that were
    /// given).
    public func anchor(_ name: SigstoreInstanceName) throws -> SigstoreAnchor {
        let folder = folder(of: name)
        if let instance = name.shipped {
            return SigstoreAnchor(
                name: name,
                basis: .shipped(instance),
                added: nil,
                directory: folder,
                oldestTargets: instance.targetsVersion
            )
        }
        guard let entry = try SigstoreInstanceEntry(in: folder, name) else {
            throw Refusal(SigstoreTrustCode.unknown, name.text)
        }
        return SigstoreAnchor(
            name: name,
            basis: try entry.basis(in: folder, name),
            added: entry.added,
            directory: folder
        )
    }

    /// Makes a private instance known by a TUF root that came by a way the user trusts, and the place of its
    /// repository: metadata directly below it, files in `targets/`. Nothing is fetched here.
    ///
    /// The same root again may name another place.
    ///
    /// - Throws: `instance.known-otherwise`, or what `RootPin` throws for a file that is no root.
    @discardableResult
    public func add(_ name: SigstoreInstanceName, tufRoot: [UInt8], url: ChannelURL, now: Timestamp) throws
        -> SigstoreAnchor
    {
        _ = try RootPin(file: tufRoot)
        return try add(name, .repository(tufRoot: tufRoot, url: url), now)
    }

    /// Makes a private instance known by its very keys; nothing will ever be fetched for it.
    ///
    /// - Throws: `instance.known-otherwise`, or a `trust-root.…` code for files that cannot be read.
    @discardableResult
    public func add(
        _ name: SigstoreInstanceName,
        trustedRoot: [UInt8],
        signingConfig: [UInt8]?,
        now: Timestamp
    ) throws -> SigstoreAnchor {
        _ = try TrustedRoot(parsing: trustedRoot)
        if let signingConfig { _ = try SigningConfig(parsing: signingConfig) }
        return try add(name, .files(trustedRoot: trustedRoot, signingConfig: signingConfig), now)
    }

    private func add(_ name: SigstoreInstanceName, _ basis: SigstoreAnchor.Basis, _ now: Timestamp) throws
        -> SigstoreAnchor
    {
        let lock = try FileLock(directory + "/.lock")
        defer { withExtendedLifetime(lock) {} }
        let folder = folder(of: name)
        guard name.shipped == nil else {
            throw Refusal(
                SigstoreTrustCode.knownOtherwise,
                name.text,
                expected: "the root that comes with the program",
                found: "another one"
            )
        }
        let known = try SigstoreInstanceEntry(in: folder, name)
        let entry = SigstoreInstanceEntry(basis, added: known?.added ?? now)
        if let known {
            guard known.digests == entry.digests else {
                throw Refusal(SigstoreTrustCode.knownOtherwise, name.text)
            }
        } else {
            // What an interrupted removal left is another instance's.
            try Folder.removeTree(folder)
        }
        try Folder.createDurably(folder, mode: 0o700)
        try entry.write(basis, in: folder)
        return try anchor(name)
    }

    /// Forgets an instance, what was verified of it, and that it counts for channels; says which these were, or nil
    /// if nothing was known. Those that come with the program stay known, and lose what was fetched: rollbacks
    /// since are not noticed any more.
    @discardableResult
    public func remove(_ name: SigstoreInstanceName) throws -> [ChannelURL]? {
        let lock = try FileLock(directory + "/.lock")
        defer { withExtendedLifetime(lock) {} }
        let folder = folder(of: name)
        let isKnown = Folder.exists(folder + "/instance.json") || Folder.exists(folder + "/state.json")
        // First: see `add`.
        if isKnown { try DurableFile.remove(folder + "/instance.json") }
        try Folder.removeTree(folder)
        // Last: a channel that is bound to nothing known is refused, one that is bound to nothing is not.
        let ended = try unbindLocked(nil, from: name)
        return isKnown || !ended.isEmpty ? ended : nil
    }

    private func folder(of name: SigstoreInstanceName) -> String { instancesDirectory + "/" + name.text }
}
