// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Sigstore
internal import TrustCore

/// The attestations that came with a package: one bundle, as prefix.dev's protocol has it, or an array of
/// them, as a file `FILE.sigs` has (CEP 50). Each is about this very package; whether it is true is not said
/// here.
struct GivenAttestations: Sendable {
    let sidecar: PackageSidecar

    /// Reads them.
    ///
    /// - Throws: as `PackageSidecar` and `Sidecar` do.
    init(_ bytes: [UInt8], of fileName: ArchiveFileName, sha256: Digest) throws {
        let isArray = bytes.first { !$0.isJSONSpace } == UInt8(ascii: "[")
        let array =
            isArray ? bytes : try Sigstore.Sidecar(bundles: [bytes], of: fileName.text).bytes
        sidecar = try PackageSidecar(parsing: array, of: fileName, sha256: sha256)
    }

    /// These with those that the file has already, which keep their bytes; exactly the known ones where these
    /// bring nothing new.
    func added(to known: Sigstore.Sidecar?, of fileName: ArchiveFileName, sha256: Digest) throws
        -> PackageSidecar
    {
        guard let known else { return sidecar }
        var all = known
        for bundle in sidecar.sidecar.bundles { all = try all.appending(bundle, of: fileName.text) }
        return try PackageSidecar(parsing: all.bytes, of: fileName, sha256: sha256)
    }
}

extension UInt8 {
    fileprivate var isJSONSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}
