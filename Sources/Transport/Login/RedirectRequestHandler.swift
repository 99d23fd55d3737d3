// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import NIOCore
import NIOHTTP1

/// One connection to a ``RedirectListener``: one request, one answer.
final class RedirectRequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    /// The longest target of a request, in bytes.
    private static let maximumTarget = 8 << 10

    private let login: RedirectedLogin
    private var head: HTTPRequestHead?
    private var isAnswered = false

    init(_ login: RedirectedLogin) { self.login = login }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isAnswered else { return }
        switch unwrapInboundIn(data) {
        case .head(let received): head = received
        case .body: refuse(context, LoginPage.error(400, "Bad Request"))
        case .end:
            guard let head else { return }
            answer(head, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let target = Array(head.uri.utf8)
        let path = target.prefix { $0 != UInt8(ascii: "?") }
        let hosts = head.headers["host"]
        guard target.count <= Self.maximumTarget, hosts.count == 1, login.isHere(hosts[0]) else {
            return refuse(context, LoginPage.error(400, "Bad Request"))
        }
        guard path.elementsEqual(RedirectedLogin.path.utf8) else {
            return refuse(context, LoginPage.error(404, "Not Found"))
        }
        guard head.method == .GET else { return refuse(context, LoginPage.error(405, "Method Not Allowed")) }
        let query = String(decoding: target.dropFirst(path.count + 1), as: UTF8.self)
        guard login.arrive(query, on: context.channel) else {
            return refuse(context, LoginPage.error(410, "Gone"))
        }
        isAnswered = true
    }

    private func refuse(_ context: ChannelHandlerContext, _ page: ByteBuffer) {
        isAnswered = true
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(page)).whenComplete { _ in channel.close(promise: nil) }
    }
}
