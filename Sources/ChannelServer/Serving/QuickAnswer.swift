// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import NIOCore

/// An answer that was found without leaving the connection's own thread.
struct QuickAnswer {
    let head: HTTPResponse
    let body: ByteBuffer?
    let report: RequestReport
}
