// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes
internal import TrustCore

/// Answers requests by a ``QuickAnswering`` on the connection itself, and passes on all others.
///
/// It answers only where nothing that was passed on waits for its answer, so that answers keep the order of
/// their requests; and where the client takes what is sent, so that one who only asks makes nothing pile up
/// here: then the way behind it, which waits for clients, has its turn.
final class QuickAnswerHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let answers: any QuickAnswering
    /// How many requests were passed on and not answered to their end.
    private var passedOn = 0
    /// What is sent as soon as its request has come to its end.
    private var answer: QuickAnswer?
    /// No more is answered here: the connection is ending.
    private var isEnding = false
    private var address: (text: String?, block: AddressBlock?)?
    /// The server was told to stop while a request was coming in.
    private var delayedEvent: Any?

    init(_ answers: any QuickAnswering) { self.answers = answers }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            answer = quickAnswer(head, context)
            guard answer == nil else { return }
            passedOn += 1
            // Whatever else is said there, whoever answers it may end the connection.
            let said = head.headerFields[.connection]
            if let said, !ByteKey.areEqual(said, "keep-alive") { isEnding = true }
        case .body:
            guard answer == nil else { return }
        case .end:
            guard let answer else { break }
            self.answer = nil
            send(answer, context)
            return
        }
        context.fireChannelRead(data)
    }

    private func quickAnswer(_ head: HTTPRequest, _ context: ChannelHandlerContext) -> QuickAnswer? {
        guard passedOn == 0, !isEnding, context.channel.isWritable else { return nil }
        let address = address ?? Self.address(of: context.channel)
        self.address = address
        return answers.answer(head, from: address.text, address.block)
    }

    private static func address(of channel: any Channel) -> (text: String?, block: AddressBlock?) {
        let text = channel.remoteAddress?.ipAddress
        return (text, RequestLimiter.limited(text))
    }

    private func send(_ answer: QuickAnswer, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(answer.head)), promise: nil)
        if let body = answer.body { context.write(wrapOutboundOut(.body(body)), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        answers.report(answer)
        if let event = delayedEvent {
            delayedEvent = nil
            context.fireUserInboundEventTriggered(event)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { passedOn = max(0, passedOn - 1) }
        context.write(data, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        isEnding = true
        context.close(mode: mode, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            isEnding = true
            guard answer == nil else {
                delayedEvent = event
                return
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The rest of the request was none: there is nothing to be answered but that.
        answer = nil
        isEnding = true
        context.fireErrorCaught(error)
    }
}
