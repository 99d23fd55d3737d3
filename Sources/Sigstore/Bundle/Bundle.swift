// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A Sigstore bundle: a signature and all that is needed to verify it offline (`Bundle`, protobuf-specs).
///
/// It is well-formed. That anything in it is true is not known.
public struct Bundle: Sendable {
    /// The versions of the format.
    public enum Version: String, Sendable, CaseIterable, Comparable {
        case v01 = "0.1"
        case v02 = "0.2"
        case v03 = "0.3"

        /// Older first.
        public static func < (a: Version, b: Version) -> Bool { a.rawValue < b.rawValue }
    }

    /// What the signature's key is shown by.
    public enum Material: Sendable {
        /// The signer's DER certificate, and others that came with it, which prove nothing.
        case certificate([UInt8], others: [[UInt8]])
        /// A hint which key it is, that the verifier must have from elsewhere.
        case publicKey(hint: String)
    }

    /// What is signed.
    public enum Content: Sendable {
        /// The signature of an artifact, and its digest as the bundle gives it, if it does.
        case message(signature: [UInt8], digest: Digest?)
        /// A signed envelope around a statement.
        case envelope(Envelope)
    }

    /// A DSSE envelope with its one signature.
    public struct Envelope: Sendable {
        /// The very bytes that are signed, with their type (DSSE 1.0, `PAE`).
        public let payload: [UInt8]
        /// What the payload is.
        public let payloadType: String
        /// The signature.
        public let signature: [UInt8]
        /// How the signature names its key, if it does. Not signed.
        public let keyID: String

        /// Takes the parts of an envelope.
        public init(payload: [UInt8], payloadType: String, signature: [UInt8], keyID: String = "") {
            self.payload = payload
            self.payloadType = payloadType
            self.signature = signature
            self.keyID = keyID
        }

        /// What the signature is over.
        var signedBytes: [UInt8] {
            DSSE.preAuthenticationEncoding(payloadType: payloadType, payload: payload)
        }
    }

    /// The version of its format.
    public let version: Version
    /// What the signature's key is shown by.
    public let material: Material
    /// What is signed, and the signature.
    public let content: Content
    /// Its entries in transparency logs.
    public let logEntries: [LogEntry]
    /// DER timestamp responses (RFC 3161).
    public let timestamps: [[UInt8]]

    /// Takes the parts of a bundle.
    public init(
        version: Version,
        material: Material,
        content: Content,
        logEntries: [LogEntry],
        timestamps: [[UInt8]]
    ) {
        self.version = version
        self.material = material
        self.content = content
        self.logEntries = logEntries
        self.timestamps = timestamps
    }

    /// The signature itself: what timestamps are made of.
    public var signature: [UInt8] {
        switch content {
        case .message(let signature, _): signature
        case .envelope(let envelope): envelope.signature
        }
    }
}
