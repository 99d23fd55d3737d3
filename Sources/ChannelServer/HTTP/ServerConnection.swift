// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HummingbirdCore
internal import HummingbirdTLS
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import NIOSSL
internal import TrustCore

/// Hummingbird's connection for HTTP/1.1, to which what is missing is added: files as bodies, and clients
/// that neither send nor take anything are left, and heads that HTTP forbids refused.
struct ServerConnection: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    let http: HTTP1Channel
    /// Whether it is a proxy's, whose requests name hosts: see ``ProxyHeadHandler``.
    var isProxy = false

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        http.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let encoder = try pipeline.handler(type: HTTPResponseEncoder.self)
            try pipeline.addHandler(FileBodyHandler(), position: .after(encoder))
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let guardian = HeadGuard(answersConnect: isProxy)
            try pipeline.addHandler(guardian, position: .after(decoder))
            if isProxy { try pipeline.addHandler(ProxyHeadHandler(), position: .after(guardian)) }
            return value
        }
    }

    func handle(value: Value, logger: Logger) async { await http.handle(value: value, logger: logger) }

    /// What makes connections of a server.
    ///
    /// - Parameters:
    ///   - quick: answers on the connection itself what it can; nil where nothing is.
    ///   - isProxy: whether requests name hosts.
    static func builder(
        _ settings: ServerSettings,
        _ metrics: ServerMetrics,
        _ quick: (any QuickAnswering)?,
        isProxy: Bool = false
    ) throws -> HTTPServerBuilder {
        let limits = settings.limits
        let tls = try settings.tls.map { try ServerTLS.configuration($0) }
        return HTTPServerBuilder { responder in
            let connection = ServerConnection(
                http: HTTP1Channel(
                    responder: responder,
                    configuration: HTTP1Channel.Configuration(
                        additionalChannelHandlers: [ConnectionGuard(limits, metrics)]
                            + [quick.map { QuickAnswerHandler($0) }].compactMap(\.self),
                        httpDecoderConfiguration: .init(
                            maxHeaderFieldSize: limits.headerBytes,
                            maxHeaderListSize: limits.headerBytes,
                            maxHeaderFieldCount: limits.headerFields
                        )
                    )
                ),
                isProxy: isProxy
            )
            guard let tls else { return connection }
            return try TLSChannel(connection, tlsConfiguration: tls)
        }
    }
}
