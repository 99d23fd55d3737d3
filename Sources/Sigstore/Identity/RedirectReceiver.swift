// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Waits on this machine for the browser to come back from a login, once.
public protocol RedirectReceiver: Sendable {
    /// The address that the browser comes back to, with a port that is free.
    var redirectURI: String { get }

    /// Waits for a request to exactly that address, and answers with a page that says that it can be closed.
    ///
    /// - Parameter isGood: whether the query is one to go on with, for the words of the page.
    /// - Returns: the query, without its question mark, as it came.
    /// - Throws: a `Failure` if nothing came in time.
    func receive(isGood: @escaping @Sendable (String) -> Bool) async throws -> String

    /// Stops listening.
    func close() async
}
