// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import TrustCore

/// A refusal code that says with which status a server answers it.
///
/// What has no such word is about what was sent (an archive, an attestation), and is answered with 422.
protocol HTTPRefusalCode: RefusalCode {
    /// The status.
    var httpStatus: HTTPResponse.Status { get }
}
