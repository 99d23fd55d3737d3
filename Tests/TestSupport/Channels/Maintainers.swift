// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
public import TUF
public import TrustCore

/// The maintainers of a package, with their keys in memory, and the lists of files that they sign.
public struct Maintainers: Sendable {
    /// The package.
    public let package: String
    /// Their keys.
    public let keys: [PrivateKey]
    /// How many of them must sign.
    public let threshold: Int

    /// Makes keys.
    public init(of package: String, count: Int = 3, threshold: Int = 2) throws {
        let keys = try (0..<count).map { _ in try PrivateKey.generate(.ed25519) }
        self.init(package: package, keys: keys, threshold: threshold)
    }

    /// Takes keys.
    public init(package: String, keys: [PrivateKey], threshold: Int) {
        self.package = package
        self.keys = keys
        self.threshold = threshold
    }

    /// Their public keys.
    public var publicKeys: [PublicKey] { keys.map(\.publicKey) }
    /// The name of their role, as decision 0010 has it.
    public var roleName: String { "maintainers.\(package)" }

    /// A list of files at these paths, signed by some of them: by as many as must, unless told otherwise.
    public func list(
        _ files: [String: TargetFile],
        version: Int64 = 1,
        signers: Int? = nil,
        expires: Timestamp = ChannelFixture.start.advanced(byDays: 100)
    ) async throws -> [UInt8] {
        var targets: MemberTable<TargetFile> = [:]
        for (path, file) in files {
            guard let path = TargetPath(path) else { continue }
            targets[path] = file
        }
        let metadata = TargetsMetadata(
            header: MetadataHeader(version: version, expires: expires),
            targets: targets
        )
        var envelope = try MetadataEnvelope(signed: metadata.encoded())
        for key in keys.prefix(signers ?? threshold) {
            let id = KeyDefinition(key.publicKey).computedID.text
            envelope.add(Signature(keyID: id, bytes: try key.sign(envelope.signedBytes)))
        }
        return envelope.encoded()
    }

    /// A list of packages.
    public func list(
        _ packages: [FixturePackage],
        version: Int64 = 1,
        signers: Int? = nil,
        expires: Timestamp = ChannelFixture.start.advanced(byDays: 100)
    ) async throws -> [UInt8] {
        let files = packages.map { ($0.path, TargetFile(of: $0.bytes)) }
        return try await list(
            Dictionary(files) { $1 },
            version: version,
            signers: signers,
            expires: expires
        )
    }
}

extension ChannelFixture {
    /// Demands by the offline key that maintainers sign their package; published by the next `publish`.
    public mutating func delegate(_ maintainers: Maintainers) throws {
        guard let role = RoleName(maintainers.roleName) else { return }
        try editor.delegateElsewhere(
            .paths("*/\(maintainers.package)-*"),
            to: role,
            keys: RoleSetup(maintainers.publicKeys, threshold: maintainers.threshold),
            order: { a, b in Self.length(a) > Self.length(b) }
        )
    }

    /// Takes over a list; published by the next `publish`.
    public mutating func adopt(_ list: [UInt8], of maintainers: Maintainers) throws {
        guard let role = RoleName(maintainers.roleName) else { return }
        try editor.adopt(list, as: role)
    }

    /// How long the name of a role of maintainers is; 0 of any other.
    private static func length(_ role: DelegatedRole) -> Int {
        role.name.text.hasPrefix("maintainers.") ? role.name.text.utf8.count : 0
    }
}
