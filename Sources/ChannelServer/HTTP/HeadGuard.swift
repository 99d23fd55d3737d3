// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import NIOCore
internal import NIOHTTP1

/// Refuses heads of requests that the parser lets through although HTTP/1 forbids them (RFC 9112), or that a proxy in
/// front may understand in another way: no host, two or one that is none (3.2), a body in a coding other than `chunked`
/// (6.1), a target that is neither a path nor an `http` URL (3.2).
///
/// They are answered with 400 as what the parser refuses is, and the connection is closed. With the answer, which says so,
/// end HTTP/1.0 connections, those whose client says in whatever spelling that it wants no more (9.3, 9.6), and those
/// whose client asks for another protocol: it gets an answer by this one, but the parser reads no further. Of interim
/// answers clients of HTTP/1.0 hear nothing: they would take one for the answer.
final class HeadGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Whether CONNECT gets an answer of its own instead of 400: a proxy says why it opens no tunnel.
    private let answersConnect: Bool
    private var isRefused = false
    private var isOldClient = false
    /// How many requests came, how many answers went, and which of them is the last.
    private var requests = 0
    private var answers = 0
    private var last: Int?

    init(answersConnect: Bool = false) { self.answersConnect = answersConnect }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Where the next request begins is not known any more.
        guard !isRefused else { return }
        guard case .head(var head) = unwrapInboundIn(data) else {
            context.fireChannelRead(data)
            return
        }
        var fields = Fields()
        fields.read(head.headers)
        let isOld = head.version == .http1_0
        let isTunnel = answersConnect && head.method == .CONNECT
        if let error = fields.objection(isOld: isOld)
            ?? (isTunnel ? nil : Self.objection(to: head.uri, head.method))
        {
            isRefused = true
            context.fireErrorCaught(error)
            return
        }
        requests += 1
        isOldClient = isOldClient || isOld
        guard isOld || fields.isLast || isTunnel else {
            context.fireChannelRead(data)
            return
        }
        last = last ?? requests
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        // Nobody then knew an answer before the answer (RFC 9110 10.1.1).
        if isOld { head.headers.remove(name: "Expect") }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data) else {
            context.write(data, promise: promise)
            return
        }
        guard head.status.code >= 200 else {
            if isOldClient { promise?.succeed() } else { context.write(data, promise: promise) }
            return
        }
        answers += 1
        guard answers == last else {
            context.write(data, promise: promise)
            return
        }
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    /// RFC 9112 3.2.1, 3.2.2 and 3.2.4: a path, a URL, or for OPTIONS an asterisk.
    private static func objection(to target: String, _ method: HTTPMethod) -> HTTPParserError? {
        if target.utf8.first == UInt8(ascii: "/") || (method == .OPTIONS && target == "*") { return nil }
        let isURL = ["http://", "https://"].contains { isEqual(target.utf8.prefix($0.utf8.count), $0) }
        return isURL ? nil : .invalidURL
    }

    /// Whether bytes are a word, in any case; the word is in lower case.
    fileprivate static func isEqual(_ bytes: some Sequence<UInt8>, _ word: String) -> Bool {
        bytes.elementsEqual(word.utf8) { byte, letter in
            byte == letter || ((0x41...0x5A).contains(byte) && byte | 0x20 == letter)
        }
    }

    /// What counts of a head's fields.
    private struct Fields {
        private var hosts = 0
        private var hasGoodHost = true
        private var hasUnknownCoding = false
        private var isCoded = false
        /// Whether the client sends no further request over the connection.
        private(set) var isLast = false

        mutating func read(_ fields: HTTPHeaders) {
            // Most fields differ in their length already.
            for (name, value) in fields {
                switch name.utf8.count {
                case 4 where HeadGuard.isEqual(name.utf8, "host"):
                    hosts += 1
                    hasGoodHost = hasGoodHost && value.utf8.allSatisfy(Self.isHostByte)
                case 10 where HeadGuard.isEqual(name.utf8, "connection"):
                    isLast = isLast || Self.isEnd(value)
                case 17 where HeadGuard.isEqual(name.utf8, "transfer-encoding"):
                    hasUnknownCoding =
                        hasUnknownCoding || isCoded || !HeadGuard.isEqual(value.utf8, "chunked")
                    isCoded = true
                default: break
                }
            }
        }

        func objection(isOld: Bool) -> HTTPParserError? {
            guard hosts == 1 || (isOld && hosts == 0), hasGoodHost else { return .unknown }
            return hasUnknownCoding || (isOld && isCoded) ? .unknown : nil
        }

        private static func isEnd(_ value: String) -> Bool {
            value.utf8.split(separator: UInt8(ascii: ",")).contains { part in
                let word = part.filter { $0 != 0x20 && $0 != 0x09 }
                return HeadGuard.isEqual(word, "close") || HeadGuard.isEqual(word, "upgrade")
            }
        }

        /// Bytes of a host and a port (RFC 3986 3.2.2 and 3.2.3).
        private static func isHostByte(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "-._~%!$&'()*+,;=:[]".utf8.contains(byte)
            }
        }
    }
}
