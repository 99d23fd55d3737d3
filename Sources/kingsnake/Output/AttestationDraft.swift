// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import DurableFiles
import Sigstore
import TrustCore

/// What is about to be attested of one package, and the file that the attestation goes to.
struct AttestationDraft {
    let fileName: String
    let sha256: Digest
    /// What is signed.
    let statement: [UInt8]
    /// `PACKAGE.sigs`.
    let sidecarPath: String
    private let path: String
    private let attestation: PublishAttestation

    /// Inspects a package, and reads the attestations that it has, so that nothing is signed that could not be written.
    init(package path: String, channel: String?) throws {
        let package = try Refusal.naming(path) { try IncomingPackage(inspecting: path) }
        self.path = path
        fileName = package.fileName.text
        sha256 = package.sha256
        attestation = try PublishAttestation(
            fileName: package.fileName.text,
            sha256: package.sha256,
            targetChannel: channel
        )
        statement = attestation.encoded()
        sidecarPath = Sidecar.newestFileName(of: path)
        _ = try Self.sidecar(sidecarPath)
    }

    /// Adds an attestation to the package's file of them, whose others keep their bytes.
    ///
    /// Whoever attests to the package meanwhile waits: the lock is on the package, which stays as it is, while the
    /// file of attestations is replaced.
    func add(_ bundle: [UInt8]) throws -> Sidecar {
        let lock = try FileLock(onExisting: path)
        defer { withExtendedLifetime(lock) {} }
        // What came while we signed stays, too.
        let sidecar =
            try Self.sidecar(sidecarPath)?.appending(bundle, of: sidecarPath)
            ?? Sidecar(bundles: [bundle], of: sidecarPath)
        try DurableFile.write(sidecar.bytes, to: sidecarPath)
        return sidecar
    }

    private static func sidecar(_ path: String) throws -> Sidecar? {
        try DurableFile.read(path, maximumLength: Sidecar.maximumLength).map {
            try Sidecar(parsing: $0, expecting: nil, of: path)
        }
    }

    /// For programs.
    var json: JSONObject {
        var object = JSONObject()
        object["package"] = .string(fileName)
        object["sha256"] = .string(sha256.hex)
        object["target_channel"] = attestation.targetChannel.map { .string($0.text) } ?? .null
        return object
    }
}
