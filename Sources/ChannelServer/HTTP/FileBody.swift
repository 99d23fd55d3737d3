// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import NIOCore
internal import NIOHTTP1

/// A part of a file that is to follow in the body of an answer, given to the kernel without passing through
/// this process.
///
/// Hummingbird's body writers take only buffers; so it goes to the connection as an event, which
/// ``FileBodyHandler`` turns into a write.
struct FileBody: Sendable {
    let file: OpenFile
    let range: Range<Int>
}

/// Writes files into answers. It sits between Hummingbird's handlers and the encoder of HTTP/1.1.
///
/// The order of an answer's parts is kept, since head and file come down the same pipeline; were a file ever
/// to come without its head, the connection is closed.
final class FileBodyHandler: ChannelOutboundHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var isInAnswer = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head): isInAnswer = head.status.code >= 200
        case .body: break
        case .end: isInAnswer = false
        }
        context.write(data, promise: promise)
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext,
        event: Any,
        promise: EventLoopPromise<Void>?
    ) {
        guard let body = event as? FileBody else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        guard isInAnswer else {
            promise?.fail(ChannelError.operationUnsupported)
            context.close(promise: nil)
            return
        }
        let handle: NIOFileHandle
        do {
            handle = try body.file.fileHandle()
        } catch {
            promise?.fail(error)
            context.close(promise: nil)
            return
        }
        let written = promise ?? context.eventLoop.makePromise()
        written.futureResult.whenComplete { _ in try? handle.close() }
        let region = FileRegion(
            fileHandle: handle,
            readerIndex: body.range.lowerBound,
            endIndex: body.range.upperBound
        )
        context.writeAndFlush(wrapOutboundOut(.body(.fileRegion(region))), promise: written)
    }
}

extension OpenFile {
    /// The same file for NIO, which closes what it is given.
    fileprivate func fileHandle() throws -> NIOFileHandle {
        let original = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: descriptor)
        defer { _ = try? original.takeDescriptorOwnership() }
        return try original.duplicate()
    }
}
