// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Sigstore
import TrustCore

/// The attestations that lie beside a package, `FILE.sigs` (CEP 50), as they may be published with it.
///
/// They are bundles, and each that says that somebody published a package (CEP 27) is about this very one. Who
/// signed them, and whether the signatures are good, is for ``SidecarVerifier`` to say.
struct PackageSidecar: Sendable {
    let sidecar: Sigstore.Sidecar

    /// What the index names it by.
    var digest: Digest { sidecar.digest }
    /// Its bytes, which are published as they are.
    var bytes: [UInt8] { sidecar.bytes }

    /// Reads the sidecar of a package.
    ///
    /// - Throws: `limit.too-large`, a `bundle.…` or `json.…` code, or an `attestation.…` code: of its shape, or
    ///   `attestation.file-name` or `attestation.digest` for what is about another package.
    init(parsing bytes: [UInt8], of fileName: ArchiveFileName, sha256: Digest?) throws {
        let name = Self.fileName(of: fileName)
        sidecar = try Sigstore.Sidecar(parsing: bytes, expecting: nil, of: name)
        for (place, bytes) in sidecar.bundles.enumerated() {
            let subject = "\(name), bundle \(place + 1)"
            let bundle = try Bundle(
                parsing: bytes,
                of: subject,
                allowing: Set(Bundle.Version.allCases)
            )
            guard case .envelope(let envelope) = bundle.content else { continue }
            let statement = try Statement(in: envelope)
            // Other statements may stand beside it; clients do not take them for the publisher's word.
            guard ByteKey.areEqual(statement.predicateType, PublishAttestation.predicateType), let sha256
            else { continue }
            try PublishAttestation(statement, of: subject).check(fileName: fileName.text, sha256: sha256)
        }
    }

    /// Reads the sidecar at a path; nil if there is none.
    init?(at path: String, of fileName: ArchiveFileName, sha256: Digest?) throws {
        let limit = Sigstore.Sidecar.maximumLength
        guard let bytes = try DurableFile.read(path, maximumLength: limit) else { return nil }
        try self.init(parsing: bytes, of: fileName, sha256: sha256)
    }

    private static let suffix = Sigstore.Sidecar.newestFileName(of: "")

    /// The name under which the newest attestations of a package are served.
    static func fileName(of package: ArchiveFileName) -> String { package.text + suffix }

    /// The name that holds the digest of the attestations.
    static func fileName(of package: ArchiveFileName, _ digest: Digest) -> String {
        Sigstore.Sidecar.fileName(of: package.text, digest)
    }

    /// The package that a file of that name has the newest attestations of; nil for another file.
    static func package(ofFile name: String) -> ArchiveFileName? {
        guard name.utf8.count > suffix.utf8.count,
            name.utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
        else { return nil }
        return try? ArchiveFileName(String(decoding: name.utf8.dropLast(suffix.utf8.count), as: UTF8.self))
    }

    /// Whether a file of that name has attestations of a package, the newest or others.
    static func isSidecar(_ name: String, of package: ArchiveFileName) -> Bool {
        let newest = fileName(of: package)
        if ByteKey.areEqual(name, newest) { return true }
        guard name.utf8.starts(with: (newest + ".").utf8) else { return false }
        let rest = String(decoding: name.utf8.dropFirst(newest.utf8.count + 1), as: UTF8.self)
        return Digest(.sha256, hex: rest) != nil
    }
}

extension ChannelLayout {
    /// A package's attestations under the name that always has the newest.
    static func sidecar(of package: ArchiveFileName, in subdir: Subdir) -> String {
        file(PackageSidecar.fileName(of: package), in: subdir)
    }

    /// A package's attestations under the name that the index leads to, whose bytes never change.
    static func sidecar(of package: ArchiveFileName, _ digest: Digest, in subdir: Subdir) -> String {
        file(PackageSidecar.fileName(of: package, digest), in: subdir)
    }
}

extension Publication {
    /// Plans a package's attestations under both names.
    mutating func write(_ sidecar: PackageSidecar, of file: ChannelFile) {
        let immutable = ChannelLayout.sidecar(of: file.fileName, sidecar.digest, in: file.subdir)
        write(sidecar.bytes, to: immutable, .attestations)
        let newest = ChannelLayout.sidecar(of: file.fileName, in: file.subdir)
        write(sidecar.bytes, to: newest, .newestAttestations)
    }
}
