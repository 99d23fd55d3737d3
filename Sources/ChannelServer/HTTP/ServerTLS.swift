// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import NIOSSL
internal import TrustCore

/// TLS as this server speaks it.
enum ServerTLS {
    /// Reads a certificate chain and its key. Versions before 1.2, which NIOSSL would accept, are refused.
    ///
    /// - Throws: a `Failure` for files that cannot be used. What is in the key's never shows.
    static func configuration(_ files: ServerSettings.TLSFiles) throws -> TLSConfiguration {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(files.certificate).map {
                NIOSSLCertificateSource.certificate($0)
            }
            guard !chain.isEmpty else {
                throw Failure(.configuration, "there is no certificate in the file", at: files.certificate)
            }
            let key = try NIOSSLPrivateKey(file: files.key, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain,
                privateKey: .privateKey(key)
            )
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            // A key that is not the certificate's is told now, and not to the first client.
            _ = try NIOSSLContext(configuration: configuration)
            return configuration
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(
                .configuration,
                "the certificate and its key cannot be used for TLS",
                at: files.certificate,
                remedy:
                    "give a chain of certificates in PEM, and the key of its first, which this user may read"
            )
        }
    }
}
