// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import AsyncHTTPClient
import NIOCore
import NIOSSL
import TrustCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Turns what the HTTP client throws into a failure with words and a fault.
enum ClientErrorWording {
    /// - Parameter delivered: How much of the body had arrived; nil while there was no answer yet.
    static func failure(_ error: any Error, delivered: Int?, at location: RedactedURL) -> any Error {
        if error is Failure || error is Refusal { return error }
        if error is CancellationError || error as? HTTPClientError == .cancelled {
            return Failure(.cancelled, "the transfer was stopped", at: location.description)
        }
        let (fault, message) = reading(error, delivered)
        return Failure(
            .network,
            message,
            at: location.description,
            remedy: "try another mirror",
            cause: fault
        )
    }

    private static func reading(_ error: any Error, _ delivered: Int?) -> (TransferFault, String) {
        if error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError {
            return (.tls, "no secure connection: \(error)")
        }
        switch error as? HTTPClientError {
        case HTTPClientError.connectTimeout?, HTTPClientError.tlsHandshakeTimeout?,
            HTTPClientError.getConnectionFromPoolTimeout?:
            return (.timeout, "the server did not take the connection in time")
        case HTTPClientError.readTimeout?:
            return (.timeout, "the server fell silent" + after(delivered))
        case HTTPClientError.deadlineExceeded?:
            return (.timeout, "the server did not answer in time")
        case HTTPClientError.proxyAuthenticationRequired?:
            return (.connection, "the proxy on the way there wants a user and a password")
        case HTTPClientError.invalidProxyResponse?:
            return (.connection, "the proxy on the way there opens no tunnel")
        case HTTPClientError.alreadyShutdown?:
            return (.connection, "the fetcher has been shut down")
        case HTTPClientError.invalidURL?, HTTPClientError.emptyHost?, HTTPClientError.emptyScheme?:
            return (.redirect, "the address cannot be used")
        default: break
        }
        if case .connectTimeout? = error as? ChannelError {
            return (.timeout, "the server did not take the connection in time")
        }
        guard delivered != nil else { return (.connection, "no connection: \(reason(error))") }
        return (.interrupted, "the connection broke" + after(delivered))
    }

    /// The system's own words where it was the system that said no.
    private static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError, let words = strerror(error.errnoCode) else { return "\(error)" }
        return String(cString: words)
    }

    private static func after(_ delivered: Int?) -> String {
        delivered.map { " after \($0) bytes of the body" } ?? " before it answered"
    }
}
