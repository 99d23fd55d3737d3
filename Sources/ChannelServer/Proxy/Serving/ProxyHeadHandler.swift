// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1

/// Keeps the target of a request as it was sent, in a field of the head.
///
/// What turns heads into `HTTPRequest` takes scheme and host off a target that is a whole URL; for a proxy these are what was
/// asked for. The field can only be ours: a client's is taken out.
final class ProxyHeadHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// The field.
    static let field = "Kingsnake-Target"
    /// The same, as a name; nil only if it were none.
    static let name = HTTPField.Name(field)

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else {
            context.fireChannelRead(data)
            return
        }
        head.headers.replaceOrAdd(name: Self.field, value: head.uri)
        head.uri = "/"
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}
