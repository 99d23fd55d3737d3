// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TUF
import TrustCore

extension Fuzzer {
    /// The metadata of each role; what is read survives being written.
    static let tufMetadata = Fuzzer("tuf-metadata") { bytes in
        let envelope = try MetadataEnvelope(parsing: bytes, of: "input")
        let copy = Finding.ifRefused("metadata is refused when written") {
            try MetadataEnvelope(parsing: envelope.encoded(), of: "copy")
        }
        Finding.unlessEqual(copy.signedBytes, envelope.signedBytes, "the signed bytes")
        Finding.unlessEqual(copy.signatures.map(\.bytes), envelope.signatures.map(\.bytes), "signatures")
        _ = try Finding.accepted { try check(RootMetadata.self, bytes).map(checkRoot) }
        _ = try Finding.accepted { try check(TimestampMetadata.self, bytes) }
        _ = try Finding.accepted {
            try check(SnapshotMetadata.self, bytes).map { checkNames($0.role.files.keys) }
        }
        _ = try Finding.accepted { try check(TargetsMetadata.self, bytes).map { try checkTargets($0.role) } }
    }

    private static func check<Role: RoleMetadata & Equatable>(
        _: Role.Type,
        _ bytes: [UInt8]
    ) throws -> SignedMetadata<Role>? {
        let signed = try SignedMetadata<Role>(parsing: bytes, as: RoleName(Role.kind))
        let written = Finding.ifRefused("a role is refused when written") {
            let file = try MetadataEnvelope(signed: signed.role.encoded()).encoded()
            return try SignedMetadata<Role>(parsing: file, as: RoleName(Role.kind))
        }
        Finding.unless(written.role == signed.role, "the \(Role.kind.rawValue) role that was written differs")
        Finding.unless(signed.role.version >= 1, "a version below 1")
        return signed
    }

    private static func checkRoot(_ signed: SignedMetadata<RootMetadata>) throws {
        for kind in MetadataKind.allCases {
            let authority = signed.role.authority(for: kind)
            Finding.unless(authority.role.threshold >= 1, "a threshold below 1")
            for definition in authority.keys.values {
                _ = try Finding.accepted { try definition.publicKey() }
            }
        }
        let authority = signed.role.authority(for: .root)
        let tally = try authority.tally(signed.envelope, of: .root)
        let verified = try Finding.accepted { try authority.verify(signed, of: .root) }
        Finding.unlessEqual(
            verified != nil,
            Set(tally.keyIDs).count >= authority.role.threshold,
            "whether enough have signed"
        )
    }

    private static func checkNames(_ names: some Sequence<RoleName>) {
        for name in names { Finding.unless(isFile("1.\(name.encoded).json"), "`\(name)` is no file") }
    }

    private static func isFile(_ text: String) -> Bool { PlainRules.isName(text) }

    private static func checkTargets(_ role: TargetsMetadata) throws {
        for (path, file) in role.targets {
            Finding.unless(PlainRules.staysInside(path.text), "`\(path)` leaves its folder")
            for digest in file.hashes.digests {
                Finding.unless(
                    PlainRules.staysInside(path.prefixed(by: digest)),
                    "`\(path)` leaves its folder"
                )
            }
            Finding.unless(!file.hashes.digests.isEmpty, "`\(path)` has no digest")
        }
        guard let delegations = role.delegations else { return }
        let paths =
            Array(role.targets.keys.prefix(4))
            + ["a", "a/b", "linux-64/a-1-0.conda"].compactMap { TargetPath($0) }
        for path in paths { checkDelegations(delegations, path) }
        // A count of 2^32 names is what a role may ask for and nobody should list.
        if case .bins(let bins) = delegations.roles, bins.bitLength > 8 { return }
        checkNames(delegations.names)
        for name in delegations.names {
            Finding.unless(
                delegations.role(named: name)?.name == name,
                "`\(name)` is delegated and not found"
            )
            Finding.unless(name.topLevelKind == nil, "`\(name)` is delegated")
        }
    }

    private static func checkDelegations(_ delegations: Delegations, _ path: TargetPath) {
        let roles = delegations.roles(for: path)
        for role in roles {
            Finding.unless(role.scope.covers(path), "`\(role.name)` does not cover `\(path)`")
            Finding.unless(delegations.authority(for: role.name) != nil, "nobody may sign `\(role.name)`")
        }
        guard case .bins(let bins) = delegations.roles else { return }
        Finding.unlessEqual(roles.count, 1, "the bins of `\(path)`")
        Finding.unless(
            bins.bin(named: bins.bin(for: path).name) == bins.bin(for: path),
            "a bin has two names"
        )
    }

    /// A path pattern on one line, and a target path on the next.
    static let pathPattern = Fuzzer("path-pattern") { bytes in
        let lines = InputParts(bytes).lines(2)
        guard lines.count == 2, let path = TargetPath(lines[1]) else { return }
        Finding.unless(PlainRules.staysInside(path.text), "`\(path)` leaves its folder")
        func parts(_ text: String) -> [[Unicode.Scalar]] {
            text.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map { Array($0) }
        }
        let (patterns, names) = (parts(lines[0]), parts(path.text))
        let fits =
            patterns.count == names.count
            && zip(patterns, names).allSatisfy { PlainRules.fits($0, $1, one: true) }
        Finding.unlessEqual(
            PathPattern(lines[0]).matches(path),
            fits,
            "whether `\(lines[0])` matches `\(path)`"
        )
    }
}
