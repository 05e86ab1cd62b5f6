{{ sandbox_change_points('wealth_management') }}
