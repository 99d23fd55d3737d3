// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TrustCore

/// One bundle of a file, and what of it holds.
struct BundleInspection {
    static let packageLimit = 1 << 40

    /// The package that each bundle must be about.
    struct Package {
        /// What it is called.
        let fileName: String
        let sha256: Digest
    }

    /// What it says; nil if it cannot be read.
    let bundle: Bundle?
    /// What it proves, or why it proves nothing.
    let result: Result<VerifiedBundle, Refusal>

    /// Looks at a file: one bundle, or a list of them (CEP 50).
    ///
    /// - Parameter package: the file that each must be about; nil to believe what it says of that.
    static func all(
        in bytes: [UInt8],
        of subject: String,
        by verifier: BundleVerifier,
        package: Package?
    ) throws -> [BundleInspection] {
        let first = bytes.first { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }
        guard first == UInt8(ascii: "[") else {
            return [try BundleInspection(bytes, subject, verifier, package)]
        }
        let sidecar = try Sidecar(parsing: bytes, expecting: nil, of: subject)
        return try sidecar.bundles.enumerated().map { at, bundle in
            try BundleInspection(bundle, "\(subject), bundle \(at + 1)", verifier, package)
        }
    }

    private init(_ bytes: [UInt8], _ subject: String, _ verifier: BundleVerifier, _ package: Package?)
        throws
    {
        let bundle: Bundle
        do {
            bundle = try Bundle(parsing: bytes, of: subject, allowing: Set(Bundle.Version.allCases))
        } catch let refusal as Refusal {
            self.bundle = nil
            result = .failure(refusal)
            return
        }
        self.bundle = bundle
        do {
            let digests = try package.map { [$0.sha256] } ?? Self.digests(bundle)
            let verified = try verifier.verify(bundle, of: .digests(digests))
            if let package { try Self.check(verified, isAbout: package) }
            result = .success(verified)
        } catch let refusal as Refusal {
            result = .failure(refusal)
        }
    }

    /// A publish attestation is about a file of that name, too (CEP 27): the same bytes under another name are
    /// another package. Other statements bind a file by its digest alone, which is verified already.
    private static func check(_ verified: VerifiedBundle, isAbout package: Package) throws {
        guard let statement = verified.statement,
            ByteKey.areEqual(statement.predicateType, PublishAttestation.predicateType)
        else { return }
        try PublishAttestation(statement).check(fileName: package.fileName, sha256: package.sha256)
    }

    /// The digests of the file that a bundle says it is about.
    private static func digests(_ bundle: Bundle) throws -> [Digest] {
        switch bundle.content {
        case .message(_, let digest): return digest.map { [$0] } ?? []
        case .envelope(let envelope):
            let statement = try Statement(in: envelope)
            return [DigestAlgorithm.sha256, .sha384, .sha512].compactMap { algorithm in
                statement.subjects.first?.digest(algorithm)
            }
        }
    }

    /// How a file of bundles is judged: one that holds is enough.
    static func worst(of inspections: [BundleInspection]) -> RefusalKind? {
        let refusals = inspections.compactMap { inspection -> Refusal? in
            if case .failure(let refusal) = inspection.result { refusal } else { nil }
        }
        return refusals.count == inspections.count ? refusals.first?.code.entry.kind : nil
    }

    /// What the envelope says, verified or not; nil if it is no statement.
    var statement: Statement? {
        guard case .envelope(let envelope) = bundle?.content else { return nil }
        return try? Statement(in: envelope)
    }

    /// The signer's certificate, verified or not; nil if there is none that can be read.
    var certificate: SigningCertificate? {
        guard case .certificate(let der, _) = bundle?.material else { return nil }
        return try? SigningCertificate(der: der)
    }
}
