// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustPolicy

/// The user's policy hides from indexes what admission would refuse: by the same functions.
extension IndexPolicy: ListingJudge {}
