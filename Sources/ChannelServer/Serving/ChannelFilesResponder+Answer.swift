// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Hummingbird

extension ChannelFilesResponder {
    /// The response for something that is there and may be read.
    func response(_ resource: ServedResource, _ request: Request, _ context: ServerContext) async throws
        -> Response
    {
        let responder = ResourceResponder(random: parts.random, sendsFiles: sendsFiles)
        return try await responder.response(resource, request, context, now: parts.now()) {
            try await bodies.source(resource)
        }
    }
}
