// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
internal import ContentTrust
public import SigningKeys
public import TrustCore

/// A channel whose records are signed by conda content trust, in a folder of a test's own, with its keys in memory and
/// every part of it open to be spoiled.
public struct ContentTrustFixture: Sendable {
    /// A file as an index lists it, and the signatures that stand there for it.
    public struct Listing: Sendable {
        /// The file name it is listed under.
        public var fileName: String
        /// The record.
        public var record: JSONObject
        /// The member of `signatures`; nil for none.
        public var signatures: JSONValue?

        /// Lists a file.
        public init(fileName: String, record: JSONObject, signatures: JSONValue?) {
            self.fileName = fileName
            self.record = record
            self.signatures = signatures
        }
    }

    /// The channel's folder.
    public let folder: TemporaryFolder
    /// The subdir that is indexed.
    public let subdir: Subdir
    /// The keys of the newest root; offline.
    public var rootKeys: [PrivateKey]
    /// The keys of the key manager; offline.
    public var managerKeys: [PrivateKey]
    /// The keys that sign records in full.
    public var packageKeys: [PrivateKey]
    /// How many of them must.
    public var packageThreshold = 1
    /// Package keys that sign in mamba's form, which counts for nothing here.
    public var mambaKeys: [PrivateKey] = []
    /// The packages.
    public var packages: [FixturePackage]
    /// File names that are listed as removed.
    public var removed: [String] = []
    /// `base_url` of the index.
    public var baseURL: String?
    /// The version of the newest root.
    public private(set) var rootVersion: Int64
    /// The version of the key manager's metadata.
    public var managerVersion: Int64 = 1
    /// For how many days roots and the key manager's metadata are in force.
    public var days = (root: 365, manager: 30)
    /// The bytes of the first root: what users pin.
    public private(set) var root: [UInt8] = []

    /// The folder's path.
    public var directory: String { folder.path }

    /// Makes and publishes a channel.
    ///
    /// - Parameters:
    ///   - rootVersion: the version of the first root, which users pin.
    ///   - folder: the folder of another channel, to which this adds its files; a new one if nil.
    public init(
        packages: [FixturePackage],
        subdir: String = "linux-64",
        packageKeyCount: Int = 1,
        threshold: Int = 1,
        rootVersion: Int64 = 1,
        in folder: TemporaryFolder? = nil,
        now: Timestamp = ChannelFixture.start
    ) async throws {
        self.folder = try folder ?? TemporaryFolder()
        self.subdir = try Subdir(subdir)
        self.packages = packages
        rootKeys = [try PrivateKey.generate(.ed25519), try PrivateKey.generate(.ed25519)]
        managerKeys = [try PrivateKey.generate(.ed25519)]
        packageKeys = try (0..<packageKeyCount).map { _ in try PrivateKey.generate(.ed25519) }
        packageThreshold = threshold
        self.rootVersion = rootVersion
        root = try await envelope(rootMetadata(rootVersion, now), by: rootKeys, now).encoded()
        try self.folder.write(root, to: "\(rootVersion).root.json")
        try await publish(now: now)
    }

    /// Writes the key manager's metadata, the packages, and the signed index.
    public func publish(
        now: Timestamp = ChannelFixture.start,
        _ edit: (inout [Listing]) throws -> Void = { _ in }
    ) async throws {
        try folder.write(try await keyManager(now: now), to: "key_mgr.json")
        for package in packages { try folder.write(package.bytes, to: package.path) }
        try write(index: try index(edit))
    }

    /// Writes an index in both forms.
    public func write(index: [UInt8]) throws {
        try folder.write(index, to: "\(subdir.text)/repodata.json")
        try folder.write(try Zstd.compress(index), to: "\(subdir.text)/repodata.json.zst")
    }

    /// The key manager's metadata as it is to be, signed by its keys unless told otherwise.
    public func keyManager(by keys: [PrivateKey]? = nil, now: Timestamp = ChannelFixture.start) async throws
        -> [UInt8]
    {
        let all = try (packageKeys + mambaKeys).map { try TrustKey($0.publicKey) }
        let forms = try mambaKeys.map { (try TrustKey($0.publicKey), RecordForm.mamba) }
        let metadata = try TrustMetadata(
            .keyManager,
            version: managerVersion,
            timestamp: now,
            expiration: now.advanced(byDays: days.manager),
            delegations: [.packageManager: try TrustDelegation(all, threshold: packageThreshold)],
            recordForms: Dictionary(uniqueKeysWithValues: forms)
        )
        return try await envelope(metadata, by: keys ?? managerKeys, now).encoded()
    }

    /// The next root, signed by the old keys and by the new ones; it becomes the newest.
    ///
    /// - Parameter change: changes the keys that the new root names.
    public mutating func nextRoot(
        now: Timestamp = ChannelFixture.start,
        _ change: (inout ContentTrustFixture) throws -> Void = { _ in }
    ) async throws -> [UInt8] {
        let old = rootKeys
        try change(&self)
        rootVersion += 1
        return try await envelope(rootMetadata(rootVersion, now), by: old + rootKeys, now).encoded()
    }

    /// The next root, in the channel's folder.
    public mutating func rotate(
        now: Timestamp = ChannelFixture.start,
        _ change: (inout ContentTrustFixture) throws -> Void = { _ in }
    ) async throws {
        let bytes = try await nextRoot(now: now, change)
        try folder.write(bytes, to: "\(rootVersion).root.json")
    }

    /// The index with the signatures of its records, in the order that clients see.
    public func index(_ edit: (inout [Listing]) throws -> Void = { _ in }) throws -> [UInt8] {
        var listings: [Listing] = []
        for package in packages where package.subdir == subdir {
            let record = try package.record().raw
            listings.append(
                Listing(
                    fileName: package.fileName.text,
                    record: record,
                    signatures: try signatures(of: record)
                )
            )
        }
        try edit(&listings)
        var object = JSONObject()
        object["info"] = .object(RepodataInfo(subdir: subdir, baseURL: baseURL).raw)
        for (key, suffix) in [("packages", ".tar.bz2"), ("packages.conda", ".conda")] {
            var section = JSONObject()
            for listing in listings where listing.fileName.hasSuffix(suffix) {
                section[listing.fileName] = .object(listing.record)
            }
            object[key] = .object(section)
        }
        object["removed"] = .array(removed.map { .string($0) })
        object["repodata_version"] = baseURL == nil ? 1 : 2
        var signatures = JSONObject()
        for listing in listings { signatures[listing.fileName] = listing.signatures }
        object["signatures"] = .object(signatures)
        return JSONWriter.encode(.object(object))
    }

    /// Signatures of a record, by the package keys unless told otherwise.
    public func signatures(of record: JSONObject, by keys: [PrivateKey]? = nil) throws -> JSONValue {
        let bytes = try PythonJSON.encode(.object(record), of: "record")
        var object = JSONObject()
        for key in keys ?? packageKeys {
            let signature = Hex.encode(try key.sign(bytes))
            object[try TrustKey(key.publicKey).hex] = ["signature": .string(signature)]
        }
        return .object(object)
    }

    private func rootMetadata(_ version: Int64, _ now: Timestamp) throws -> TrustMetadata {
        let roots = try rootKeys.map { try TrustKey($0.publicKey) }
        return try TrustMetadata(
            .root,
            version: version,
            timestamp: now,
            expiration: now.advanced(byDays: days.root),
            delegations: [
                .root: try TrustDelegation(roots, threshold: min(2, roots.count)),
                .keyManager: try TrustDelegation(
                    managerKeys.map { try TrustKey($0.publicKey) },
                    threshold: 1
                ),
            ]
        )
    }

    private func envelope(_ metadata: TrustMetadata, by keys: [PrivateKey], _ now: Timestamp) async throws
        -> TrustEnvelope
    {
        var envelope = try TrustEnvelope(metadata)
        for key in keys { try await envelope.sign(with: key, now: now) }
        return envelope
    }
}
