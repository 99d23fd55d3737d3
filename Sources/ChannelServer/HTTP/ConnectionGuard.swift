// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import NIOCore
internal import NIOHTTPTypes

/// Leaves clients that hold a connection and do nothing with it: that send no request, send one too slowly,
/// or take no answer. It also lets a connection end in time when the server is told to stop.
///
/// It looks at its connection every few seconds, not at each byte.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: ServerLimits
    private let metrics: ServerMetrics
    private var state: ConnectionState
    private var isStopping = false
    private var look: Scheduled<Void>?

    init(_ limits: ServerLimits, _ metrics: ServerMetrics) {
        self.limits = limits
        self.metrics = metrics
        state = ConnectionState(limits, now: .now())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        metrics.change("kingsnake_connections", by: 1)
        lookLater(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        metrics.change("kingsnake_connections", by: -1)
        look?.cancel()
        look = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: state.requestBegan(now: .now())
        case .body(let buffer): state.received(buffer.readableBytes)
        case .end: state.requestEnded()
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        state.isReading = false
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        state.isReading = true
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { state.answerEnded(now: .now()) }
        state.written += 1
        context.write(data, promise: promise)
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext,
        event: Any,
        promise: EventLoopPromise<Void>?
    ) {
        state.written += 1
        context.triggerUserOutboundEvent(event, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent, !isStopping {
            isStopping = true
            _ = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(Int64(limits.drainSeconds))) {
                context.close(promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Closing would throw away what is still to be sent; so it waits for that, at most until the time for
    /// stopping is over.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all, isStopping, unsent(context) > 0, context.channel.isActive else {
            context.close(mode: mode, promise: promise)
            return
        }
        _ = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(20)) {
            self.close(context: context, mode: mode, promise: promise)
        }
    }

    private func lookLater(_ context: ChannelHandlerContext) {
        look = context.eventLoop.assumeIsolated().scheduleTask(in: limits.lookInterval) {
            if self.state.isAbandoned(unsent: self.unsent(context), now: .now()) {
                self.metrics.add("kingsnake_connections_abandoned_total")
                context.close(promise: nil)
            } else {
                self.lookLater(context)
            }
        }
    }

    /// How many bytes wait to be taken by the client.
    private func unsent(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}

extension ServerLimits {
    /// How often a connection is looked at.
    fileprivate var lookInterval: TimeAmount {
        .milliseconds(Int64(min(idleSeconds, stallSeconds)) * 250)
    }
}
