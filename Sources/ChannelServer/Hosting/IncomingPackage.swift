// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import DurableFiles
import Sigstore
public import TrustCore

/// A package that was inspected, every file in it checked against its manifest, and that may be put into a
/// channel.
public struct IncomingPackage: Sendable {
    /// Its file name.
    public let fileName: ArchiveFileName
    /// The subdir it says it is for.
    public let subdir: Subdir
    /// The file that holds it; copied by digest, so that it cannot change in between.
    let path: String
    /// SHA-256 of its bytes.
    public let sha256: Digest
    /// Its length in bytes.
    public let size: UInt64
    /// Its record for the index, from its own `info/index.json`.
    let record: PackageRecord
    /// The attestations that lie beside it, as `FILE.sigs` (CEP 50).
    var sidecar: PackageSidecar?

    /// How many attestations come along; 0 if no file of them lies beside it.
    public var attestationCount: Int { sidecar?.sidecar.count ?? 0 }
}

extension IncomingPackage {
    /// Inspects a package.
    ///
    /// What `kingsnake install` would refuse by the package alone is refused here: also paths that no package may
    /// have, and link information that nobody can follow. Attestations beside it, in `FILE.sigs`, come along: that
    /// they are about this package is checked here, and who signed them where the package is published.
    ///
    /// - Throws: a `Refusal` with the `archive.…` or `package.…` code of the rule it breaks,
    ///   `channel.package-name` if it calls itself something else than its file name does,
    ///   `version.invalid` if its version cannot be ordered, or what is wrong with its attestations.
    public init(inspecting path: String) throws {
        let name = try ArchiveFileName(path.split(separator: "/").last.map(String.init) ?? path)
        let package = try InspectedPackage(path, as: name)
        fileName = name
        subdir = package.subdir
        self.path = path
        sha256 = package.sha256
        size = package.size
        record = package.record
        sidecar = try PackageSidecar(
            at: Folder.parent(of: path) + "/" + PackageSidecar.fileName(of: name),
            of: name,
            sha256: package.sha256
        )
    }
}
