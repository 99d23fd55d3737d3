// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
public import TrustCore

/// Signs statements and files: asks the services of an instance for what a bundle needs, puts it together, and verifies
/// it against the trusted root before anybody gets it.
///
/// What the network, the clock and chance give is passed in. Nothing goes into a public log before the signature, the
/// certificate and the timestamps were found good.
public actor BundleSigner {
    /// Who signs.
    public enum Identity: Sendable {
        /// A new key, which a certificate says belongs to whoever a token for this audience names.
        case certified(any IdentitySource, audience: String = "sigstore")
        /// A key that verifiers have from elsewhere: ECDSA, or Ed25519 in logs of the first generation.
        case key(any Signer)
    }

    /// What signing needs from outside.
    public struct Surroundings: Sendable {
        let caller: any ServiceCaller
        let now: @Sendable () -> Timestamp
        let nonce: @Sendable () -> [UInt8]

        /// Takes what signing needs.
        ///
        /// - Parameters:
        ///   - caller: asks the services; a RetryingCaller, where it shall be patient.
        ///   - now: the time. It chooses services and tells when a new certificate is needed; it is not in the bundle.
        ///   - nonce: eight or more random bytes, new ones each time.
        public init(
            caller: any ServiceCaller,
            now: @escaping @Sendable () -> Timestamp,
            nonce: @escaping @Sendable () -> [UInt8]
        ) {
            self.caller = caller
            self.now = now
            self.nonce = nonce
        }
    }

    private let identity: Identity
    private let config: SigningConfig
    private let surroundings: Surroundings
    private let verifier: BundleVerifier
    private let certificates: CertificateVerifier
    private let timestamps: TimestampVerifier
    private var certified: (key: PrivateKey, certificate: SigningCertificate)?

    /// Makes a signer, which asks nobody anything yet.
    public init(
        _ identity: Identity,
        config: SigningConfig,
        root: TrustedRoot,
        surroundings: Surroundings
    ) {
        self.identity = identity
        self.config = config
        self.surroundings = surroundings
        verifier = BundleVerifier(root)
        certificates = CertificateVerifier(root)
        timestamps = TimestampVerifier(root)
    }

    /// Signs a statement of in-toto, to the byte as it is given.
    ///
    /// - Parameter artifact: the file that it is about.
    /// - Throws: a `Refusal` if the statement is not about the file, or a service answered something that does not
    ///   verify; a `Failure` if a service gave no certificate, timestamp or entry.
    public func sign(statement: [UInt8], about artifact: Artifact) async throws -> SignedBundle {
        // Before it is in a log for ever.
        try BundleVerifier.check(Statement(parsing: statement), isAbout: artifact)
        return try await sign(artifact) { material in
            let encoded = DSSE.preAuthenticationEncoding(
                payloadType: Statement.payloadType,
                payload: statement
            )
            return .envelope(
                Bundle.Envelope(
                    payload: statement,
                    payloadType: Statement.payloadType,
                    signature: try await material.sign(encoded),
                    // Where there is a hint, the envelope must have the same.
                    keyID: material.hint ?? ""
                )
            )
        }
    }

    /// Signs a file itself.
    ///
    /// - Throws: as for a statement.
    public func sign(file: [UInt8]) async throws -> SignedBundle {
        let artifact = Artifact.bytes(file)
        return try await sign(artifact) { material in
            let digest = material.key.algorithm.digest.flatMap(artifact.digest)
            guard let digest else {
                throw Self.unfit(material.key, "it signs statements only, not files")
            }
            return .message(signature: try await material.sign(file), digest: digest)
        }
    }
}

// MARK: - The order of things

extension BundleSigner {
    private func sign(
        _ artifact: Artifact,
        _ content: (SigningMaterial) async throws -> Bundle.Content
    ) async throws -> SignedBundle {
        let services = try SigningServices(config, at: Moment(surroundings.now()), certified: isCertified)
        let material = try await material(services)
        guard
            material.key.algorithm.digest != nil || !services.logs.contains(where: SigningServices.isOfTiles)
        else { throw Self.unfit(material.key, "logs of the second generation do not take its signatures") }
        var draft = material.bundle(try await content(material))
        // An authority stamps what is there already; the log's own time, if it has one, is the later one.
        draft = draft.adding(timestamps: try await stamps(draft.signature, services))
        let digest = material.key.algorithm.digest.flatMap(artifact.digest)
        let signed = LoggedSignature(of: draft, key: material.key, artifact: [digest].compactMap(\.self))
        var entries: [LogEntry] = []
        for log in services.logs { entries.append(try await add(draft, signed, to: log)) }
        return try checked(draft.adding(logEntries: entries), of: artifact, material)
    }

    private var isCertified: Bool {
        if case .certified = identity { true } else { false }
    }

    private func material(_ services: SigningServices) async throws -> SigningMaterial {
        switch identity {
        case .key(let signer): return try SigningMaterial(signer)
        case .certified(let source, let audience):
            // Certificates live for minutes; one that ends within one is not begun with.
            let soon = Moment(surroundings.now().advanced(bySeconds: 60))
            if let certified, certified.certificate.validity.contains(soon) {
                return SigningMaterial(certified.key, certified.certificate)
            }
            guard let authority = services.certificateAuthority else {
                throw Failure(.configuration, "the signing configuration names no certificate authority")
            }
            let key = try PrivateKey.generate(.ecdsaP256)
            let token = try await source.token(audience: audience)
            let certificate = try await FulcioClient(authority, surroundings.caller).certificate(
                for: key,
                token
            )
            // By its own beginning, for our clock may not be the authority's.
            _ = try certificates.verify(certificate, at: [certificate.validity.start])
            certified = (key, certificate)
            return SigningMaterial(key, certificate)
        }
    }

    private func stamps(_ signature: [UInt8], _ services: SigningServices) async throws -> [[UInt8]] {
        var responses: [[UInt8]] = []
        for authority in services.timestampAuthorities {
            let client = TimestampClient(authority, surroundings.caller)
            let response = try await client.stamp(signature, nonce: surroundings.nonce())
            _ = try timestamps.verify(response, of: signature)
            responses.append(response.der)
        }
        return responses
    }

    private func add(_ draft: Bundle, _ signed: LoggedSignature, to log: SigningConfig.Service) async throws
        -> LogEntry
    {
        SigningServices.isOfTiles(log)
            ? try await RekorV2Client(log, surroundings.caller).add(draft, signed)
            : try await RekorV1Client(log, surroundings.caller).add(draft, signed)
    }

    /// Verifies the very bytes that are handed out, as anybody else would who has the trusted root.
    private func checked(_ bundle: Bundle, of artifact: Artifact, _ material: SigningMaterial) throws
        -> SignedBundle
    {
        let bytes = bundle.encoded()
        let read = try Bundle(parsing: bytes)
        let verified =
            switch read.material {
            case .certificate: try verifier.verify(read, of: artifact)
            case .publicKey:
                try verifier.verify(read, of: artifact, by: BundleVerifier.KnownKey(material.key))
            }
        return SignedBundle(bytes: bytes, bundle: read, verified: verified)
    }

    static func unfit(_ key: VerificationKey, _ why: String) -> Failure {
        Failure(
            .configuration,
            "the key \(key.fingerprint) cannot sign here: \(why)",
            remedy: "use an ECDSA key on P-256"
        )
    }
}

extension Bundle {
    fileprivate func adding(timestamps: [[UInt8]] = [], logEntries: [LogEntry] = []) -> Bundle {
        Bundle(
            version: version,
            material: material,
            content: content,
            logEntries: self.logEntries + logEntries,
            timestamps: self.timestamps + timestamps
        )
    }
}
