// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A request to a service whose body is a file between two pieces of text, as a form with a file is.
public struct FileUpload: Sendable {
    /// An absolute `https:` URL, or an `http:` one of this machine.
    public var url: String
    /// Header fields beside those that every request has, in order.
    public var headers: [(name: String, value: String)]
    /// What is sent before the file.
    public var before: [UInt8]
    /// The file.
    public var file: StoredBytes
    /// What is sent after the file.
    public var after: [UInt8]
    /// Answers of more bytes are refused.
    public var maximumLength: Int

    /// Makes a request.
    public init(
        _ url: String,
        headers: [(name: String, value: String)],
        before: [UInt8],
        file: StoredBytes,
        after: [UInt8],
        maximumLength: Int = 1 << 20
    ) {
        self.url = url
        self.headers = headers
        self.before = before
        self.file = file
        self.after = after
        self.maximumLength = maximumLength
    }
}
