// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
public import TrustCore

/// The signature that a log entry must be about: this one, by this signer, over this content, and no other.
///
/// That the signature is valid is not checked here, nor that the content is the artifact's.
public struct LoggedSignature: Sendable {
    /// Who signed.
    public enum Signer: Sendable {
        /// A DER certificate, and the key that is in it.
        case certificate([UInt8], key: VerificationKey)
        /// A key that the verifier has from elsewhere.
        case key(VerificationKey)

        /// The key.
        public var key: VerificationKey {
            switch self {
            case .certificate(_, let key), .key(let key): key
            }
        }
    }

    /// What is signed.
    public enum Content: Sendable {
        /// A file with these digests, each by another hash function; entries may be by any of them.
        case message(digests: [Digest])
        /// An envelope.
        case envelope(payload: [UInt8], payloadType: String)
    }

    /// The signature.
    public let signature: [UInt8]
    /// Who signed.
    public let signer: Signer
    /// What is signed.
    public let content: Content

    /// Takes the parts.
    public init(signature: [UInt8], signer: Signer, content: Content) {
        self.signature = signature
        self.signer = signer
        self.content = content
    }

    /// The signature of a bundle.
    ///
    /// - Parameters:
    ///   - bundle: The bundle.
    ///   - key: The key in the bundle's certificate, or the one that the verifier has from elsewhere.
    ///   - artifact: Digests of the file that is verified; an envelope needs none.
    public init(of bundle: Bundle, key: VerificationKey, artifact: [Digest]) {
        signature = bundle.signature
        signer =
            switch bundle.material {
            case .certificate(let certificate, _): .certificate(certificate, key: key)
            case .publicKey: .key(key)
            }
        content =
            switch bundle.content {
            case .message: .message(digests: artifact)
            case .envelope(let envelope):
                .envelope(payload: envelope.payload, payloadType: envelope.payloadType)
            }
    }
}
