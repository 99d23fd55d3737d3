// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TrustCore

extension Fuzzer {
    /// The payload of an envelope: what is a publish attestation is written as the same one.
    static let statements = Fuzzer("statement") { bytes in
        let statement = try Statement(parsing: bytes)
        Finding.unless(statement.subjects.count <= 1024, "too many subjects")
        let attestation = try PublishAttestation(statement)
        Finding.unlessEqual(attestation.sha256.algorithm, .sha256, "the algorithm")
        Finding.unless(!attestation.fileName.utf8.contains(UInt8(ascii: "/")), "a name with a folder")
        let written = attestation.encoded()
        let again = Finding.ifRefused("what we write is refused") {
            try PublishAttestation(Statement(parsing: written))
        }
        Finding.unlessEqual(again.encoded(), written, "what is written the second time")
        Finding.ifRefused("its own package is refused") {
            try attestation.check(fileName: attestation.fileName, sha256: attestation.sha256)
        }
        guard let channel = attestation.targetChannel else { return }
        Finding.unless(channel.isSame(as: channel.text), "a channel that is not itself")
        Finding.unless(channel.isSame(as: channel.text + "/"), "a channel that a slash makes another")
        Finding.unless(!channel.isSame(as: channel.text + "x"), "a channel that is another too")
        Finding.unless(channel.text.utf8.last != UInt8(ascii: "/"), "a slash at the end")
        let authority = channel.text.split(separator: "/").dropFirst().first
        Finding.unless(authority?.contains("@") != true, "a user name")
    }

    /// The file of a package's attestations: the parts are where a reader of the whole finds them.
    static let sidecars = Fuzzer("sidecar") { bytes in
        let sidecar = try Sidecar(parsing: bytes, expecting: Digest.of(bytes), of: "input")
        let whole = Finding.ifRefused("what was split is refused") { try JSONReader.read(bytes, of: "input") }
        let parts = sidecar.bundles.map { part in
            Finding.ifRefused("a part is refused") { try JSONReader.read(part, of: "part") }
        }
        Finding.unless(whole == .array(parts), "the parts are not the whole")
        Finding.unless((1...Sidecar.maximumCount).contains(sidecar.count), "too many parts")
        for part in sidecar.bundles {
            guard try Finding.accepted({ try Bundle(parsing: part) }) != nil else { continue }
            let made = Finding.ifRefused("a bundle is refused") { try Sidecar(bundles: [part], of: "input") }
            Finding.unless(made.bundles == [part], "a bundle's bytes changed")
        }
    }
}
